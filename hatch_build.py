"""Build hook: compile message catalogues, bundle front-end assets. Nothing third-party is committed."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TownwrightBuildHook(BuildHookInterface):
    """Placeholder-free hook; see assets/ and locale/."""

    def initialize(self, version, build_data):
        """Run before files are collected."""
