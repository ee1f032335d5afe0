"""Real servers, in folders that die in every way."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from service.errors import Unavailable
from service.machine import embedded
from service.machine.data_folder import DataFolderHeld, DataFolderUnusable
from service.machine.embedded import Servers
from service.machine.private_postgres import PostgresDidNotStart
from service.machine.processes import Process, wait_until_ended, working_in
from service.machine.system_account import ProgramNotRunnable, SystemAccount

SOON = timedelta(seconds=60)
HOLD = """
import sys, time
from pathlib import Path
from service.machine import embedded
with embedded.start(Path(sys.argv[1]), ephemeral=sys.argv[2] == "ephemeral") as servers:
    print(servers.model_dump_json(), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    # Not tmp_path: its parents are closed again by every other pytest that starts.
    folder = Path(tempfile.mkdtemp(prefix="parley test "))
    yield folder / "data"
    shutil.rmtree(folder)


def held_by_another(data: Path, *, mode: str = "durable") -> tuple[subprocess.Popen[str], Servers]:
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", HOLD, str(data), mode], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    found = next(line for line in lines if line.startswith("{"))
    process.stdout.close()
    return process, Servers.model_validate_json(found)


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def postgres_processes(data: Path) -> list[Process]:
    return working_in(data / "postgres")


def valkey_process(servers: Servers) -> Process:
    with redis.Redis.from_url(servers.redis_url) as client:
        found = Process.find(client.info("server")["process_id"])
    assert found is not None
    return found


def note(servers: Servers, text: str) -> None:
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def notes(servers: Servers) -> list[str]:
    with psycopg.connect(servers.database_url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM note ORDER BY text")]


def test_both_servers_answer_and_leave_nothing_behind(data: Path) -> None:
    with embedded.start(data) as servers:
        valkey = valkey_process(servers)
        note(servers, "kept")
        started = postgres_processes(data)
    assert started
    assert not postgres_processes(data)
    assert not valkey.is_running
    with embedded.start(data) as servers:
        assert notes(servers) == ["kept"]


def test_the_database_is_durable_and_speaks_utf_8_in_any_environment(data: Path) -> None:
    with (
        embedded.start(data) as servers,
        psycopg.connect(servers.database_url) as connection,
    ):
        shown = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("server_encoding", "fsync", "synchronous_commit", "full_page_writes")
        ]
        order = connection.execute("SELECT lower('ӘЛЕМ ЎЗБЕК')").fetchone()
    assert shown == [("UTF8",), ("on",), ("on",), ("on",)]
    assert order == ("әлем ўзбек",)


def test_the_throw_away_kind_does_not_wait_for_the_disk(data: Path) -> None:
    with (
        embedded.start(data, ephemeral=True) as servers,
        psycopg.connect(servers.database_url) as connection,
    ):
        assert connection.execute("SHOW fsync").fetchone() == ("off",)


def test_nobody_else_is_let_in(data: Path) -> None:
    with embedded.start(data) as servers:
        sockets = data.resolve() / "sockets"
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert (data / "postgres" / "pg_hba.conf").read_text() == "local all all peer map=parley\n"
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        password = servers.redis_url.split("@")[0].removeprefix("redis://:")
        without = servers.redis_url.replace(f":{password}@", "")
        with redis.Redis.from_url(without) as client, pytest.raises(redis.AuthenticationError):
            client.ping()


def test_no_password_is_shown_by_ps_or_readable_by_others(data: Path) -> None:
    with embedded.start(data) as servers:
        password = servers.redis_url.split("@")[0].removeprefix("redis://:")
        shown = " ".join(psutil.Process(valkey_process(servers).pid).cmdline())
        secrets = [data / "servers.json", data / "valkey.json"]
        assert all(password in path.read_text() for path in secrets)
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert password not in shown


def test_a_second_start_says_who_holds_the_folder(data: Path) -> None:
    holder = embedded.start(data)
    with holder:
        holder.announce("http://127.0.0.1:8000")
        said = rf"in use by process {os.getpid()}, since 20\d\d-.* at http://127.0.0.1:8000"
        with pytest.raises(DataFolderHeld, match=said):
            embedded.start(data).start()


def test_other_commands_find_the_servers_of_a_held_folder_only(data: Path) -> None:
    assert embedded.running(data) is None
    with embedded.start(data) as servers:
        assert embedded.running(data) == servers
    assert embedded.running(data) is None


def test_after_the_holder_is_killed_the_next_start_adopts_its_servers(data: Path) -> None:
    killed, theirs = held_by_another(data)
    note(theirs, "before")
    kill(killed)
    valkey = valkey_process(theirs)
    before = {process.pid for process in postgres_processes(data)}
    with embedded.start(data) as servers:
        assert servers == theirs
        assert valkey_process(servers) == valkey
        assert before & {process.pid for process in postgres_processes(data)}
        assert notes(servers) == ["before"]
    assert not postgres_processes(data)
    assert not valkey.is_running


def test_after_everything_is_killed_the_next_start_has_all_that_was_committed(data: Path) -> None:
    killed, theirs = held_by_another(data)
    note(theirs, "committed")
    victims = [*postgres_processes(data), valkey_process(theirs)]
    kill(killed)
    for victim in victims:
        victim.signal(signal.SIGKILL)
    with embedded.start(data) as servers:
        assert notes(servers) == ["committed"]


def test_after_the_postmaster_alone_is_killed_the_next_start_waits_for_its_backends(
    data: Path,
) -> None:
    killed, theirs = held_by_another(data)
    note(theirs, "committed")
    with psycopg.connect(theirs.database_url):
        kill(killed)
        postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        with embedded.start(data) as servers:
            assert notes(servers) == ["committed"]


def test_throw_away_servers_end_when_their_holder_is_killed(data: Path) -> None:
    killed, theirs = held_by_another(data, mode="ephemeral")
    servers = [*postgres_processes(data), valkey_process(theirs)]
    kill(killed)
    assert wait_until_ended(servers, within=SOON)


def test_a_half_made_cluster_is_made_again(data: Path) -> None:
    half_made = data / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with embedded.start(data) as servers:
        note(servers, "whole")
        assert not half_made.exists()


def test_a_pid_file_whose_number_went_to_another_program_is_no_obstacle(data: Path) -> None:
    with embedded.start(data) as servers:
        note(servers, "kept")
    left = data / "postgres" / "postmaster.pid"
    left.write_text(f"{os.getpid()}\n{data}/postgres\n1\n5432\n{data}/sockets\n\n 1 1\nready\n")
    with embedded.start(data) as servers:
        assert notes(servers) == ["kept"]
    assert not left.exists()


def test_an_address_whose_port_went_to_another_program_is_not_adopted(data: Path) -> None:
    data.mkdir(parents=True)
    with embedded.start(data.with_name("other"), ephemeral=True) as other:
        port = other.redis_url.rsplit(":", 1)[1].removesuffix("/0")
        (data / "valkey.json").write_text(f'{{"port": {port}, "password": "not theirs"}}')
        with embedded.start(data, ephemeral=True) as servers:
            assert valkey_process(servers) != valkey_process(other)


def test_a_path_too_long_for_a_socket_gets_a_private_folder_elsewhere(data: Path) -> None:
    deep = data / ("long" * 30)
    with embedded.start(deep, ephemeral=True) as servers:
        note(servers, "reached")
        with psycopg.connect(servers.database_url) as connection:
            sockets = Path(connection.info.host)
        assert not sockets.is_relative_to(data)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()


def test_a_socket_folder_that_somebody_else_prepared_is_refused(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(data.parent))
    deep = data / ("long" * 30)
    with embedded.start(deep, ephemeral=True):
        (theirs,) = data.parent.glob("parley-*")
    theirs.mkdir(mode=0o755)
    with pytest.raises(PostgresDidNotStart, match="not a private folder"):
        embedded.start(deep, ephemeral=True).start()


def test_either_server_may_be_somebody_elses(data: Path) -> None:
    with embedded.start(data, redis_url="redis://elsewhere:6379/0") as servers:
        assert servers.redis_url == "redis://elsewhere:6379/0"
        assert not (data / "valkey.json").exists()
    with embedded.start(data, database_url="postgresql://elsewhere/parley") as servers:
        assert servers.database_url == "postgresql://elsewhere/parley"
        assert not postgres_processes(data)


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_behind(data: Path) -> None:
    with embedded.start(data, ephemeral=True):
        pass
    (data / "postgres" / "postgresql.conf").write_text("work_mem = 'many'\n")
    with pytest.raises(Unavailable, match=r"(?s)Its last words.*work_mem"):
        embedded.start(data).start()
    assert embedded.running(data) is None
    assert not (data / "valkey.json").exists()


def test_a_cluster_of_another_version_is_refused_with_a_sentence(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresDidNotStart, match="written by PostgreSQL 9, and this is"):
        embedded.start(data).start()


def test_a_file_in_the_place_of_the_folder_is_refused_with_a_sentence(data: Path) -> None:
    data.write_text("not a folder")
    with pytest.raises(DataFolderUnusable, match="PARLEY_DATA"):
        embedded.start(data).start()


def test_a_program_that_may_not_be_run_is_a_sentence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.mkdir()
    unreadable = data / "packages" / "programs" / "valkey-server"
    unreadable.parent.mkdir(parents=True)
    unreadable.write_text("")
    monkeypatch.setattr("service.machine.private_valkey._program", lambda: unreadable)
    with pytest.raises(ProgramNotRunnable, match=r"Make the packages readable: chmod -R a\+rX"):
        embedded.start(data).start()


def test_a_folder_of_somebody_else_is_refused_with_a_sentence(data: Path) -> None:
    somebody = next(each for each in pwd.getpwall() if each.pw_uid != os.geteuid())
    if os.geteuid() == 0:
        data.mkdir()
        os.chown(data, somebody.pw_uid, somebody.pw_gid)
    else:
        data = Path("/")
    assert embedded.running(data) is None
    with pytest.raises(DataFolderUnusable, match="belongs to the account"):
        embedded.start(data).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as another account")
def test_root_opens_closed_parents_for_passage_only(data: Path) -> None:
    data.parent.chmod(0o700)
    with embedded.start(data, ephemeral=True):
        account = SystemAccount.for_servers(data / "postgres")
        owners = set()
        for each in postgres_processes(data):
            with suppress(psutil.NoSuchProcess):  # one of PostgreSQL's own that has just ended
                owners.add(psutil.Process(each.pid).uids().effective)
        assert owners == {account.uid} != {0}
        assert stat.S_IMODE(data.parent.stat().st_mode) == 0o701


def test_a_server_that_was_killed_is_started_again_at_its_address(data: Path) -> None:
    holder = embedded.start(data)
    servers = holder.start()
    try:
        note(servers, "kept")
        assert holder.revive() == []
        for victim in (valkey_process(servers), postmaster(data)):
            victim.signal(signal.SIGKILL)
            assert wait_until_ended([victim], within=SOON)
            assert len(holder.revive()) == 1
        assert valkey_process(servers).is_running
        assert notes(servers) == ["kept"]
        assert holder.revive() == []
    finally:
        holder.stop()


def postmaster(data: Path) -> Process:
    [pid_file] = (data / "postgres").rglob("postmaster.pid")
    found = Process.find(int(pid_file.read_text().split()[0]))
    assert found is not None
    return found
