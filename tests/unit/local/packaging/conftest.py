from pathlib import Path

import pytest


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a small application, and with what must not be packaged."""
    app = tmp_path / "chalice_app"
    (app / "chalicelib" / "handlers").mkdir(parents=True)
    (app / "chalicelib" / "__pycache__").mkdir()
    (app / ".chalice" / "deployments").mkdir(parents=True)
    (app / "app.py").write_text("print(1)\n", encoding="utf-8")
    (app / "requirements.txt").write_text("six==1.17.0\n", encoding="utf-8")
    (app / "chalicelib" / "handlers" / "summarize.py").write_text("x = 1\n", encoding="utf-8")
    (app / "chalicelib" / "__pycache__" / "aws.pyc").touch()
    (app / ".chalice" / "config.json").write_text("{}", encoding="utf-8")
    (app / ".chalice" / "policy-summarize.json").write_text("{}", encoding="utf-8")
    (app / ".chalice" / "deployments" / "old.zip").touch()
    return tmp_path
