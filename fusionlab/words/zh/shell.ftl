# Names of what the app has.

kind-tab = 标签页
