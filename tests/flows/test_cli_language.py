"""The command line speaks Chinese and English: every help text, every word of its parser, whichever way it was asked."""

import re

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from townwright.site.cli.frame import Command, Group
from townwright.site.cli.groups import spoken
from townwright.site.cli.language import chosen
from townwright.site.cli.reference import walk
from townwright.site.cli.verbs import townwright

TREE = [(context.command_path, command) for context, command in walk(townwright, "townwright")]
CHINESE = re.compile("[\u4e00-\u9fff]")
# Names that are the same in both languages: programs, formats, places, codes that are typed as they stand.
SAME = {
    "Townwright", "TOWNWRIGHT_LANGUAGE", "TOWNWRIGHT_USER", "TOWNWRIGHT_SPARK_MASTER", "LANG", "JSON", "Schema", "YAML", "CSV", "HTML", "Spark", "OpenFisca", "ISO", "ISIC", "Rev",
    "GB", "Asia", "Shanghai", "Ctrl", "CNY", "USD", "URL", "MCP", "innovation_town", "industrial_park", "cooperation_zone", "new_city", "firm", "branch",
    "institution", "public_body", "person", "alliance", "registry", "members", "all", "embedded", "ratio", "uscc", "pack", "json", "yaml", "townwright", "work",
    "TOWNWRIGHT_SITE", "TOWNWRIGHT_TOKEN", "SQLite", "PostgreSQL", "postgres", "http", "localhost", "own", "view", "file", "apply", "bills", "delegates", "read", "write", "parties", "UTC",
    "legal_representative", "end", "set", "language", "policy", "markdown", "key", "pub",
}  # fmt: skip


def said(*words, language="", **environment):
    env = {"TOWNWRIGHT_LANGUAGE": language, "LANG": "C.UTF-8", **environment}
    return CliRunner(env=env).invoke(townwright, list(words))


@pytest.mark.parametrize(("path", "command"), TREE, ids=[path for path, _command in TREE])
def test_no_english_is_left_in_chinese_help(path, command):
    told = said(*path.split()[1:], "--help", language="zh")
    assert told.exit_code == 0
    text = told.output.replace(path, "")
    # What is typed stands as it is: names of verbs and options, choices in brackets.
    if isinstance(command, click.Group):
        text = "\n".join(
            line.split(maxsplit=1)[-1] if line.split()[:1] and line.split()[0] in command.commands else line for line in text.splitlines()
        )
    text = re.sub(r"--?[a-z][\w-]*|\[[a-z_]+(\|[\w-]+)+\]|\[默认：[^]]*\]", "", re.sub(r"\n +", " ", text))
    words = set(re.findall(r"[A-Za-z][A-Za-z_]{2,}", text))
    assert words <= SAME, f"{path} --help: say in Chinese {sorted(words - SAME)}"
    english = said(*path.split()[1:], "--help", language="en").output
    assert "Options:" in english
    assert "选项：" in told.output


@pytest.mark.parametrize(("path", "command"), TREE, ids=[path for path, _command in TREE])
def test_every_verb_and_option_says_what_it_does(path, command):
    assert isinstance(command, Command | Group), f"{path}: make it with frame.group or frame.command, or its help stays English"
    assert command.help
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, f"{path} {param.opts[0]} has no help"
            with click.Context(command) as context:
                assert spoken(param).get_help_record(context)


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "TOWNWRIGHT_LANGUAGE": "en"}, "en"),
        ([], {"TOWNWRIGHT_LANGUAGE": "zh-Hans"}, "zh"),
        (["zones", "--language", "en"], {"TOWNWRIGHT_LANGUAGE": "zh"}, "en"),
        (["--language=zh", "zones"], {"LANG": "en_GB.UTF-8"}, "zh"),
        (["zones", "--language", "fr"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["zones", "--language"], {}, "en"),
    ],
)
def test_the_option_goes_before_the_variable_and_that_before_lang(words, environment, language):
    assert chosen(words, environment) == language


@pytest.mark.parametrize(
    "words", [["--language", "zh", "party", "--help"], ["party", "--language", "zh", "--help"], ["party", "--help", "--language", "zh"]]
)
def test_the_option_may_stand_anywhere(words):
    assert "手工维护名录" in said(*words).output


def test_one_language_leaves_no_trace_in_the_next():
    before = said("close", "--help").output
    assert said("close", "--help", language="zh").output != before
    assert said("close", "--help").output == before
    assert not CHINESE.search(before)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["clos"], "没有命令"),
        (["explain"], "缺少参数 '企业'"),
        (["close", "--zone", "x"], "缺少选项"),
        (["zones", "--jsn"], "没有选项"),
        (["serve", "--port", "x"], "的值无效"),
        (["import", "/no/such/file", "--zone", "x", "--dataset", "registry"], "不存在"),
        (["zones", "x"], "多余的参数"),
        (["zones", "--language", "fr"], "fr"),
    ],
)
def test_wrong_usage_is_told_in_chinese(words, wrong):
    told = said(*words, language="zh")
    assert told.exit_code == 2
    assert wrong in told.stderr
    assert "错误：" in told.stderr
    assert not re.search(r"[A-Z][a-z]+ [a-z]+ ", told.stderr)


def test_a_language_that_is_none_is_refused():
    told = said("zones", "--language", "fr")
    assert told.exit_code == 2
    assert "'fr' is not one of 'zh', 'en'" in told.stderr
    told = said("zones", language="fr")
    assert (told.exit_code, "zh, en" in told.stderr) == (2, True)


def test_help_keeps_to_the_columns_of_a_terminal():
    for path, _command in TREE:
        for language in ("zh", "en"):
            for line in said(*path.split()[1:], "--help", language=language).output.splitlines():
                assert cell_len(line) <= 80 or re.fullmatch(r"  --\w+ \[[\w|]+\]", line), f"{path}: {line}"
                assert line.strip()[:1] not in ("，", "。", "、", "；"), f"{path}: {line}"
