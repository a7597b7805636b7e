"""The app, served to tests on loopback by their own process."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from fusionlab.ui.app import launch


@contextmanager
def served() -> Iterator[str]:
    """The address of the app as long as it is served."""
    import gradio

    with leftovers_of_gradio():
        _, url, _ = launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    try:
        yield url
    finally:
        with leftovers_of_gradio():
            gradio.close_all(verbose=False)


@contextmanager
def leftovers_of_gradio() -> Iterator[None]:
    """The event loops and sockets that gradio leaves unclosed go without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()
