"""goaltables: clean data from Chinese budget-performance goal tables (绩效目标表)."""
