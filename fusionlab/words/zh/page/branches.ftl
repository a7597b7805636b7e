# 一次运行的分支：在某一步换一个词元，看文字怎样往下走。

branches-title = 分支
branches-help = 每条线是文字的一种走法。在哪一步换了词元，分支就从哪一步离开原来的线。
branches-hint = 点按另一个候选，看看从它往下会怎样写。
branches-at = 改用“{ $token }”接着写
branches-running = 正在从第 { $step } 步的“{ $token }”接着写……
branches-first = 最初的运行
branches-name = 分支 { $n }：第 { $step } 步换成“{ $token }”
branches-beside = 与当前运行对比
branches-save = 保存所有分支
branches-large = 这些分支数据过大，重新加载页面后不会保留；如需保留，请先保存。
branches-lost = 这次运行的分支已不再保留。
branches-table = 以表格查看分支
branches-head-run = 运行
branches-head-parent = 出自
branches-head-step = 步
branches-head-token = 词元
branches-head-tokens = 词元数
branches-head-answer = 回答

# 回答的开头
begun-begins = 回答的开头：
begun-leave-out = 从头开始
begun-given = 给定的开头，并非成员所选（{ $n } 个词元）：

# 并排的文字
apart-same = 两段文字逐词元相同。
apart-parts = 到第 { $step } 步之前相同：这里是“{ $mine }”，那里是“{ $theirs }”。
apart-nothing = （结束）
apart-table = 以表格查看分歧处
apart-head-way = 文字
apart-head-step = 分歧的步
apart-head-token = 词元
apart-head-p = p
