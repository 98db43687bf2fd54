from pathlib import Path

import pytest

from common.stack_settings import LocalStackSettings
from local.errors import PurgeError
from local.stack.purging import OWN, check, purge


@pytest.fixture
def settings(tmp_path: Path) -> LocalStackSettings:
    """A state folder with something in each of its places."""
    made = LocalStackSettings(state_directory=tmp_path / "local")
    folders = (
        made.logs_directory,
        made.saved_directory,
        made.objects_directory / "bucket" / "incoming",
        made.sagemaker_directory / "jobs",
        made.temporary_directory,
    )
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "report.txt").write_text("four", encoding="utf-8")
    made.state_file.write_text("{}", encoding="utf-8")
    (made.state_directory / ".lock").touch()
    (made.state_directory / ".state.json.abc.partial").touch()
    return made


def left(settings: LocalStackSettings) -> list[str]:
    return sorted(path.name for path in settings.state_directory.rglob("*"))


def test_everything_but_the_empty_lock_is_deleted_and_counted(settings: LocalStackSettings) -> None:
    assert purge(settings) == (7, 5 * 4 + 2)

    assert left(settings) == [".lock"]


def test_a_second_time_there_is_nothing(settings: LocalStackSettings) -> None:
    purge(settings)

    assert purge(settings) == (0, 0)


def test_a_folder_that_does_not_exist_is_fine(tmp_path: Path) -> None:
    assert purge(LocalStackSettings(state_directory=tmp_path / "nix")) == (0, 0)


@pytest.mark.parametrize("name", ["thesis.docx", ".ssh", "logs-of-mine"])
def test_what_is_not_the_stack_s_is_named_and_nothing_is_deleted(
    settings: LocalStackSettings, name: str
) -> None:
    (settings.state_directory / name).mkdir()
    before = left(settings)

    with pytest.raises(PurgeError, match=f"also contains {name}, which"):
        purge(settings)

    assert left(settings) == before


def test_a_link_in_the_place_of_an_own_folder_is_not_followed(
    settings: LocalStackSettings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    settings.logs_directory.rename(elsewhere)
    settings.logs_directory.symlink_to(elsewhere)

    with pytest.raises(PurgeError, match="logs"):
        check(settings)

    assert (elsewhere / "report.txt").exists()


def test_a_link_inside_is_deleted_and_its_target_is_not(
    settings: LocalStackSettings, tmp_path: Path
) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("mine", encoding="utf-8")
    (settings.logs_directory / "link").symlink_to(target)

    purge(settings)

    assert target.read_text(encoding="utf-8") == "mine"
    assert left(settings) == [".lock"]


def test_what_cannot_be_deleted_is_named(
    settings: LocalStackSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", refuse)

    with pytest.raises(PurgeError, match=r"logs cannot be deleted \(\[Errno 13\] Permission"):
        purge(settings)


def test_every_place_in_the_settings_is_known(tmp_path: Path) -> None:
    settings = LocalStackSettings(state_directory=tmp_path)
    places = (
        settings.logs_directory,
        settings.saved_directory,
        settings.objects_directory,
        settings.sagemaker_directory,
        settings.temporary_directory,
        settings.state_file,
    )

    assert {place.relative_to(tmp_path).parts[0] for place in places} | {".lock"} == OWN
