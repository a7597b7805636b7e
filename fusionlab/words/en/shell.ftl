# Names of what the app has.

kind-tab = tab
