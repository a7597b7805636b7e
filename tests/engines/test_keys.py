"""A key goes to the host that it is bound to, over a way that nobody reads, and nowhere else."""

from contextlib import closing

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.engines import remote
from fusionlab.engines.keys import key_for
from fusionlab.errors import MemberError, SourceError
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from tests.fake_server import Handler, Script, piece, refused, reply, server, stream

SPEC = ModelSpec("api:test#m", "remote", Level.TEXT)
PROMPT = [Message("user", "Say something.")]
OK = stream(piece("well", "stop"))


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FUSIONLAB_API_KEY", "FUSIONLAB_API_KEYS", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def secret(url: str) -> str:
    return key_for(httpx.URL(url)).secret


def answer(url: str) -> str:
    with closing(remote.load(url, "m", SPEC)) as model:
        return "".join(chunk.text for chunk in model.generate([PROMPT], Sampling(8)))


def listening(sent: list[str | None], then: Script = OK) -> Script:
    def script(handler: Handler) -> None:
        sent.append(handler.headers["authorization"])
        then(handler)

    return script


TABLE = """a.example=key-a, b.example:8000=key-b
localhost:80=key-l,[::1]:8080=key-6 München.example=key-m"""


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://a.example/v1", "key-a"),
        ("https://A.EXAMPLE:443/v1?version=2", "key-a"),
        ("https://b.example:8000/v1", "key-b"),
        ("http://localhost/v1", "key-l"),
        ("http://[::1]:8080", "key-6"),
        ("https://xn--mnchen-3ya.example/v1", "key-m"),
        ("https://a.example:8443/v1", ""),
        ("https://b.example/v1", ""),
        ("https://sub.a.example/v1", ""),
        ("https://a.example.evil.example/v1", ""),
        ("https://evil.example/a.example", ""),
        ("https://a.example@evil.example/v1", ""),
        ("https://evil.example#@a.example/v1", ""),
        ("https://evil.example\\@a.example@evil.example", ""),
        ("http://localhost:8000/v1", ""),
        ("http://127.0.0.1/v1", ""),
    ],
)
def test_a_key_goes_to_its_host_and_port(
    url: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", TABLE)
    assert secret(url) == key


@given(st.text(st.sampled_from("a.example@:/#?\\[]%0248\t "), max_size=30))
def test_no_spelling_of_another_host_gets_it(rest: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_API_KEYS", TABLE)
        try:
            url = httpx.URL(f"https://{rest}")
            key = secret(str(url))
        except (httpx.InvalidURL, ValueError):
            return
    assert not key or httpx.URL(str(url)).host in ("a.example", "b.example", "localhost", "::1")


@pytest.mark.parametrize("url", ["http://a.example/v1", "http://b.example:8000"])
def test_a_key_is_not_sent_over_plain_http(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", TABLE)
    with pytest.raises(SourceError, match=r"is not sent to http://.*https") as caught:
        remote.load(url, "m", SPEC)
    assert "key-" not in str(caught.value)


def test_a_server_gets_no_key_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEY", "sk-for-everybody")
    one: list[str | None] = []
    other: list[str | None] = []
    with server(listening(one)) as first, server(listening(other)) as second:
        monkeypatch.setenv("FUSIONLAB_API_KEYS", f"{first[7:-3]}=sk-for-one")
        assert (answer(first), answer(second)) == ("well", "well")
    assert (set(one), set(other)) == ({"Bearer sk-for-one"}, {None})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere: list[str | None] = []
    with server(listening(elsewhere), get=listening(elsewhere)) as target:
        away = reply("", status=status, location=target)
        with server(away, get=away) as url:
            monkeypatch.setenv("FUSIONLAB_API_KEYS", f"{url[7:-3]}=sk-for-one")
            with pytest.raises(MemberError, match="redirects to"):
                answer(url)
    assert elsewhere == []


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "no"), (403, "no"), (400, "Missing API key"), (400, "no credentials")],
)
def test_a_server_that_wants_a_key_is_said_to_have_none(
    status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", "a.example=sk-for-a-alone")
    monkeypatch.setenv("FUSIONLAB_API_KEY", "sk-for-everybody")
    with server(refused(said, status)) as url, pytest.raises(MemberError) as caught:
        answer(url)
    assert f'set FUSIONLAB_API_KEYS="{url[7:-3]}=…"' in caught.value.hint
    assert "FUSIONLAB_API_KEY names no host and is sent to none" in caught.value.hint
    assert "sk-for" not in str(caught.value)


def test_openais_key_goes_to_openai_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk\n")
    assert secret("https://api.openai.com/v1") == "sk"
    assert secret("https://api.openai.com.evil.example/v1") == ""
    assert secret("https://evil.example/api.openai.com") == ""
    with pytest.raises(SourceError, match="is not sent to http:"):
        secret("http://api.openai.com/v1")
    monkeypatch.setenv("FUSIONLAB_API_KEYS", "api.openai.com=mine")
    assert secret("https://api.openai.com/v1") == "mine"


@pytest.mark.parametrize("key", ["sk-abcdef", "sk-abcdef\n", "sk-abcdef\r\n", "sk-abcdef\u2028,"])
def test_blanks_around_a_key_are_no_part_of_it(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", f" a.example={key}")
    assert secret("https://a.example") == "sk-abcdef"


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("sk-abc\x01defghi", "its character 7 of 13 is a control character"),
        ("sk-abc\x7fdefghi", "a control character"),
        ("sk-abcdéfghi", "not in ASCII"),
        ("\ufeffsk-abcdefghi", "not in ASCII"),
        ("“sk-abcdefghi”", "not in ASCII"),
        ("sk-\udc80abcdefghi", "not in ASCII"),
        ("sk-abc\ndefghi", "entry 2 of FUSIONLAB_API_KEYS is not a host and its key"),
        ("sk-abc,defghi", "entry 2 "),
        ("Bearer sk-abcdefghi", "entry 2 "),
    ],
)
def test_a_key_that_cannot_be_sent_is_refused_untold(
    key: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", f"a.example={key}")
    with pytest.raises(SourceError, match=says) as caught:
        remote.load("https://a.example/v1", "m", SPEC)
    assert "FUSIONLAB_API_KEYS" in caught.value.message
    assert caught.value.__context__ is None
    secret_part = key.removeprefix("Bearer ")
    told = str(caught.value)
    assert not any(secret_part[at : at + 4] in told for at in range(len(secret_part) - 3))


@pytest.mark.parametrize(
    "table",
    [
        *("sk-abcdefghi", "a.example", "a.example=", "=sk-abcdefghi", "a.example = sk-abcdefghi"),
        *(
            "https://a.example=sk-abcdefghi",
            "a.example/v1=sk-abcdefghi",
            '"a.example=sk-abcdefghi"',
        ),
        *("a.example:99999=sk-abcdefghi", "a..example=sk-abcdefghi", "u@a.example=sk-abcdefghi"),
        "a.example=sk-abcdefghi, A.example=sk-abcdefghj",
    ],
)
def test_a_table_that_is_none_is_refused_untold(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", table)
    with pytest.raises(SourceError, match="FUSIONLAB_API_KEYS") as caught:
        remote.load("https://other.example/v1", "m", SPEC)
    assert caught.value.hint
    assert not any(part in str(caught.value) for part in ("abcd", "efgh", "ghi", "ghj"))
