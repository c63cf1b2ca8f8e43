from pathlib import Path

from django.conf import settings

from townwright.frame.running import execution


def test_one_machine_serves_the_process_and_nothing_is_written_before_it_is_needed():
    told = execution()
    assert told is execution()
    assert told.machine is not None
    assert told.threads >= 1
    assert not (Path(settings.TOWNWRIGHT_HOME) / "code").exists()
