# 完整回答的各种图共用的话，以及阶梯、分层、路由和自我修改图上的话。

pictures-waiting = 开始写第一个回答时，图就会出现。
pictures-nobody = 无
pictures-writing = 正在写……
pictures-no-answer = 没有答案
pictures-right = 正确
pictures-wrong = 错误
pictures-to = { " 比 " }
pictures-many-tied = { $n } 个答案各得 { $votes } 票
pictures-tokens = { $n ->
   *[other] { $shown } 个词元
  }
pictures-show-all = 展开全文
pictures-show-less = 收起
pictures-show-all-of = 展开全文：{ $name }

staircase-title = 从最便宜的开始，逐级往上问
staircase-about = { $n ->
    [0] 先由一个成员回答；只有它的答案不够一致时，才问下一个成员。
    [1] 每个成员只回答一次。单个答案总是与自己一致，所以直接采用第一个成员的答案。
   *[other] 每个成员回答 { $n } 次。只有这些答案不够一致时，才问下一个成员。
  }
staircase-step = 第 { $n } 级
staircase-threshold = 阈值 { $threshold }
staircase-agreement = 一致率 { $agreement }，阈值 { $threshold }
staircase-asking = 正在问 { $name }。
staircase-outcome-stopped = 在第 { $step } 级（共 { $steps } 级）停下：{ $name } 的答案足够一致。{ $spared } 个成员不必再问，省下的就是这部分开销。
staircase-outcome-stopped-last = 直到第 { $steps } 级，也就是最后的 { $name }，答案才足够一致：什么也没省下。
staircase-outcome-last = 没有成员达到阈值，采用 { $name } 的答案。
staircase-tied = 平局，{ $score }；取最先出现的答案。
staircase-waiting = 等待
staircase-writing = 正在回答
staircase-passed = 不够一致：继续问下一个
staircase-taken = 采用它的答案
staircase-stopped = { $enough ->
    [yes] 足够一致：采用它的答案
   *[no] { $last ->
       [yes] 最后一个：采用它的答案
      *[no] 没有继续问
     }
  }
staircase-failed = 没有给出答案
staircase-spared = 没有问到：省下了
staircase-unasked = 没有问到
staircase-answers = { $n ->
    [1] 它的回答
   *[other] 它的 { $n } 个回答
  }
staircase-table = 各级列表
staircase-head-member = 成员
staircase-head-answers = 答案
staircase-head-agreement = 一致率
staircase-head-state = 结果
staircase-head-tokens = 词元数

layers-title = 读了回答再写回答
layers-about = 连线表示写后一个回答时读过前一个回答。指向一个回答，就只看它的连线。
layers-running = 第 { $n } 层，共 { $of } 层
layers-outcome = { $name } 读了前面 { $layers } 层的 { $answers } 个回答，写出了最后的答案。
layers-layer = 第 { $n } 层
layers-last = 第 { $n } 层：最后的答案
layers-sample = { $name }，第 { $n } 个回答
layers-to-come = 尚未开始
layers-read = 下一层的每个成员都读了 { $n } 个回答
layers-table = 各层列表
layers-head-layer = 层
layers-head-member = 成员
layers-head-answer = 答案
layers-head-read = 读过的回答数

routing-title = 一个提示，交给一个成员
routing-router = 路由器（router）
routing-by-likeness = 哪个成员的专长与提示最相近，就只由它回答。相近程度从 0 到 1。
routing-by-agreement = 选中答案最一致的成员。一致率从 0 到 1。
routing-by-verdict = 选中裁决指定的成员。
routing-prompt = 提示
routing-answers = 由它回答
routing-likeness = 相近程度
routing-chosen = 由 { $name } 回答：{ $score }，其次是 { $next }，{ $other }。
routing-chosen-alone = 由 { $name } 回答：{ $score }。
routing-tied = 平局：{ $name } 和另一个成员都是 { $score }，取排在前面的。
routing-blind = 提示与所有专长都不相近，由第一个成员 { $name } 回答。
routing-table = 得分列表
routing-head-member = 成员
routing-head-strength = 专长

refine-title = 初稿、批评、再写一稿
refine-about = 同一个模型先回答，再给自己的回答挑错，然后重写。
refine-draft = 初稿
refine-version = 第 { $n } 次修改稿
refine-criticism = 第 { $n } 次批评
refine-blank = 什么也没写。
refine-marks = 与上一稿相比：
refine-new = 新增
refine-gone = 删去
refine-same = 与上一稿一字不差。
refine-changed = 修改 { $n } 次后，答案从 { $before } 变成了 { $after }。
refine-kept = 修改了 { $n } 次，答案没有变，仍是 { $after }。
refine-kept-all = 初稿没有改动，答案是 { $after }。
refine-satisfied = 最后一次批评之后没有再改。
refine-table = 各稿列表
refine-head-version = 稿次
refine-head-answer = 答案
refine-head-criticism = 批评

compared-samples = 各次采样的答案
compared-answers = { $title } 的答案
compared-title-next = ，
compared-round = 轮次
compared-running = 正在运行……
compared-failed = 失败：{ $problem }
compared-stopped = 已停止
compared-waiting = 还有 { $n } 个没有完成。
compared-stale = 这些答案属于另一套设置。
compared-letters = 相同的答案用同一个字母。
compared-spent = 每种方式的开销
compared-head-way = 方式
compared-head-answer = 答案
compared-head-messages = 消息数
compared-head-rounds = 每轮词元数
compared-head-tokens = 词元数
compared-head-reused = 来自缓存
compared-head-time = 时间
