# What can be done with a run.

actions-download = 下载这次运行
actions-link = 复制此设置的链接
actions-answer = 复制答案
actions-picture = 保存图片
    .title = 把图中此刻的内容存为 PNG
actions-page = 保存为网页
    .title = 整个结果存为一个 HTML 文件，任何浏览器都能打开，无需联网
actions-print = 打印
actions-copied = 已复制
actions-not-yet = 运行之后才有结果可用。
actions-no-answer = 这次运行没有给出答案。

ways-title = 换几种方式问同一个问题
ways-topology = 四种互读方式都试一遍：所有人、中心、环形、结对
ways-pooling = 对比合并方式：同一提示各跑一遍
ways-equal = 花同样多的词元，让一个智能体独自多答几次
ways-stop = 停止
