"""The clients that Node has for these services; run where Node and they are there.

make node-clients
PARLEY_NODE_CLIENTS=build/node-clients pytest tests/service/dialects/test_node_clients.py
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.service.keys import Caller

NODE = shutil.which("node")
FOLDER = Path(os.environ.get("PARLEY_NODE_CLIENTS", "."))


def run(package: str, script: str, address: str, key: str) -> Any:  # noqa: ANN401 - JSON
    """Return what the script prints, as JSON."""
    if NODE is None:
        pytest.skip("Node is not on this machine")
    if not (FOLDER / "node_modules" / package).is_dir():
        pytest.skip(f"npm's {package} is not there: PARLEY_NODE_CLIENTS names no folder with it")
    done = subprocess.run(  # noqa: S603 - our own script
        [NODE, "--no-warnings", "--input-type=module", "--eval", script],
        cwd=FOLDER,
        env={**os.environ, "ADDRESS": address, "KEY": key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_openais_client_flags_what_it_should(address: str, caller: Caller) -> None:
    script = """
        import OpenAI from "openai";
        const { ADDRESS, KEY } = process.env;
        const client = new OpenAI({ baseURL: `${ADDRESS}/v1`, apiKey: KEY, maxRetries: 0 });
        const { results } = await client.moderations.create({ input: ["Hello.", "You idiot."] });
        const wrong = new OpenAI({ baseURL: `${ADDRESS}/v1`, apiKey: "sk-1", maxRetries: 0 });
        const error = await wrong.moderations.create({ input: "Hello." }).catch((e) => e);
        console.log(JSON.stringify([results.map((r) => r.flagged), error.status, error.code]));
    """
    assert run("openai", script, address, caller.key) == [
        [False, True],
        401,
        "invalid_api_key",
    ]


def test_perspectives_client_reads_scores_and_errors(address: str, caller: Caller) -> None:
    # Its host is a constant: an interceptor of its HTTP library stands for the hosts entry.
    script = """
        import axios from "axios";
        import Perspective from "perspective-api-client";
        const { ADDRESS, KEY } = process.env;
        axios.interceptors.request.use((config) => ({
          ...config, url: config.url.replace(/^https:\\/\\/[^/]+/, ADDRESS),
        }));
        const client = new Perspective({ apiKey: KEY });
        const answer = await client.analyze("You idiot.", { attributes: ["INSULT"] });
        const asked = { attributes: ["UNSUBSTANTIAL"] };
        const error = await client.analyze("Hi.", asked).catch((e) => e);
        console.log(JSON.stringify([
          answer.attributeScores.INSULT.summaryScore.value, String(error.message),
        ]));
    """
    value, message = run("perspective-api-client", script, address, caller.key)
    assert value == 0.9
    assert "UNSUBSTANTIAL" in message


def test_akismets_client_reads_its_answers(address: str, caller: Caller) -> None:
    script = """
        import { Author, Blog, CheckResult, Client, Comment } from "@cedx/akismet";
        const { ADDRESS, KEY } = process.env;
        const blog = new Blog({ url: "https://news.example" });
        const client = new Client(KEY, blog, { baseUrl: `${ADDRESS}/` });
        const author = new Author({ ipAddress: "203.0.113.7", name: "Malika" });
        const comment = (content) => new Comment({ author, content });
        const found = [
          await client.verifyKey(),
          await client.checkComment(comment("Hello.")),
          await client.checkComment(comment("Best casino.")),
        ];
        await client.submitSpam(comment("Hello."));
        await client.submitHam(comment("Best casino."));
        const names = ["verified", ...found.slice(1).map((each) =>
          Object.keys(CheckResult).find((name) => CheckResult[name] === each) ?? each)];
        console.log(JSON.stringify([found[0], ...names.slice(1)]));
    """
    verified, ham, spam = run("@cedx/akismet", script, address, caller.key)
    assert verified is True
    assert ham == "ham"
    assert spam in ("spam", "pervasiveSpam")
