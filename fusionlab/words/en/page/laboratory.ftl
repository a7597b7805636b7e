# The laboratory: what its frame says, and what every study and its settings are called.

lab-title = Laboratory
lab-intro = Experiments on how experts share their work. Each runs here, on this machine, while you watch; a recording is shown first.
lab-studies = Studies
lab-settings = Settings
lab-more = More settings
lab-usual = As recorded
lab-run = Run
lab-stop = Stop
lab-paper = Read the paper
lab-notice = What to notice
lab-waits = Waiting for its turn …
lab-working = Working …
lab-far = { $words } { $done } of { $total }
lab-stopped = Stopped. The last picture stays.
lab-changed = The settings have changed; run it to see what they do.
lab-recorded = This is a recording with the usual settings.
lab-nothing = Nothing was recorded of this study. Run it.
