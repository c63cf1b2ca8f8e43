"""The board (数据大屏) that a town puts on its wall."""
