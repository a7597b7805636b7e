# 对比：表单、各种方式并列、两次运行并排。

## 表单

comparer-title = 同一个问题，多种回答方式
comparer-help = 提示相同、成员相同，方法任选。只用一个模型的方法，会为每个成员各运行一次。
comparer-sampling = 采样
comparer-truth = 正确答案
    .none = 知道的话填在这里；模型看不到它
comparer-kind = 答案类型
    .none = 按正确答案判断
comparer-methods = 方法
comparer-count = { $n ->
        [0] 未选
       *[other] 已选 { $n } 个
    }
comparer-every = 全选适合的
comparer-none = 全不选
comparer-again = 再加一次
    .title = 用另一组设置再运行一次这个方法
comparer-leave-out = 去掉
comparer-go-on = 继续
comparer-link = 复制链接
comparer-download = 下载本次对比
comparer-open = 打开记录

## 各种方式

comparing-title = 各种方式并列
comparing-pin = 并排
comparing-pin-one = 并排查看：{ $way }
comparing-show-all = 显示所有方式和数据
comparing-pin-help = 最多勾选两次运行，并排查看。
comparing-way = 方式
comparing-answer = 答案
comparing-right = 对错
comparing-tokens = 词元（读入 + 写出）
comparing-passes = 前向计算
comparing-seconds = 用时
comparing-memory = 内存
comparing-times = 相对最省者
comparing-no-answer = 没有答案
comparing-whole = 完整回答
comparing-is-right = ✓ 正确
comparing-is-wrong = ✗ 错误
comparing-is-waiting = 等待中
comparing-is-running = 运行中……
comparing-is-failed = 运行失败
comparing-is-stopped = 已停止
comparing-is-unsuited = 不适合
comparing-setting = { $name }：{ $value }
comparing-entries = { $n } 项
comparing-begins = 即将开始……
comparing-runs = 已完成 { $n } / { $of }；正在运行：{ $way }
comparing-over = 共 { $of } 种方式，完成 { $n } 种，合计用时 { $seconds }。
comparing-stopped = 共 { $of } 种方式，完成 { $n } 种后停止。点“继续”运行其余的，已完成的不会重跑。
comparing-scatter = 开销与对错：横轴为读入与写出的词元总数（对数刻度）
comparing-scatter-end = { $tokens } 个词元
comparing-scatter-dot = { $way }：{ $tokens } 个词元

## 看点

compare-notice-none-right = { $of } 种方式没有一种答对。
compare-notice-right = { $of } 种方式中有 { $n } 种答对。
compare-notice-all-right = { $of ->
        [1] 唯一的答案是对的。
       *[other] { $of } 个答案全部正确。
    }
compare-notice-cheapest-right = 答对且最省的是{ $way }，用了 { $tokens } 个词元；{ $dear }用了 { $most } 个。
compare-notice-only-together = 成员单独作答都没答对，融合之后才答对：这里融合有帮助。
compare-notice-only-alone = 有成员单独作答时答对了，融合后却都答错：这里融合反而有害。
compare-notice-same = { $of } 种方式得出同一个答案。
compare-notice-agree = { $of } 种方式中有 { $n } 种答案相同；共有 { $kinds } 种不同答案。
compare-notice-differ = { $of } 种方式的答案各不相同。
compare-notice-dearest = { $way }用的词元是{ $cheap }的 { $times } 倍。
compare-notice-failed = 有 { $n } 种方式未能运行，原因见其所在行。

## 两次运行

pinned-title = 并排查看
pinned-cursor = 两边同步的步
pinned-back = 上一步
pinned-next = 下一步
pinned-place = 第 { $step } 步，共 { $of } 步
