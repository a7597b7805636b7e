# What can be done with a run.

actions-download = 下载这次运行
actions-link = 复制此设置的链接
actions-answer = 复制答案
actions-copied = 已复制

ways-title = 换几种方式问同一个问题
ways-topology = 四种拓扑都试一遍
ways-equal = 用同样多的词元多次采样
ways-stop = 停止
