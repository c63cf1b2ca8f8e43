"""Addresses of the board."""

from django.urls import path

from townwright.site.board import pages

CONSOLE = [
    path("board/", pages.board, name="board"),
    path("board/stream/", pages.board_stream, name="board-stream"),
    path("board/open/<slug:name>/", pages.board_open, name="board-open"),
    path("walls/", pages.walls, name="walls"),
]
urls = [
    path("board/<slug:token>/", pages.wall_board, name="wall-board"),
    path("board/<slug:token>/stream/", pages.wall_stream, name="wall-stream"),
    path("board/<slug:token>/open/<slug:name>/", pages.wall_open, name="wall-open"),
]
