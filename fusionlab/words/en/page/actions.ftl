# What can be done with a run.

actions-download = Download this run
actions-link = Copy link to this set-up
actions-answer = Copy the answer
actions-picture = Save the picture
    .title = What the picture shows now, as a PNG
actions-page = Save as a page
    .title = One HTML file with the whole result, for any browser, without a network
actions-print = Print
actions-copied = Copied
actions-not-yet = Once there is a result. Press Run.
actions-no-answer = This run gave no answer.

ways-title = The same question in other ways
ways-topology = In all four reading orders: everyone, hub, ring, pairs
ways-pooling = Compare poolings: the same prompt under each
ways-equal = One agent alone, as often as the same tokens allow
ways-stop = Stop
