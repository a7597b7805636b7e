# 轮次：谁读了谁的回答，各自得出什么答案。

rounds-steps = 轮次
rounds-play = 重新播放各轮
rounds-title-alone = 各自作答
rounds-title-round = 第 { $n } 轮
rounds-title-layer = 第 { $n } 层
rounds-title-answers = 各个回答
rounds-title-verdict = 第 { $n } 次裁决
rounds-title-sample = 第 { $n } 次采样
rounds-title-chosen = 选中的成员
rounds-title-steps = 逐步推理
rounds-title-draft = 初稿
rounds-title-criticism = 第 { $n } 次批评
rounds-title-mended = 第 { $n } 次修改稿
rounds-title-candidate = 候选回答 { $n }
rounds-read = 读了别人的 { $n } 个回答
rounds-tokens = 读写共 { $shown } 个词元
rounds-empty = 这一轮没有得到回答。
rounds-empty-yet = 这一轮还没有回答。
rounds-outcome-nobody = 谁都没有得出答案。
rounds-outcome-unanimous = { $after ->
    [0] 交流之前，{ $given ->
        [1] 唯一的答案是
       *[other] { $given } 个智能体答案一致：
      }
   *[other] 交流 { $after } 轮之后，{ $given ->
        [1] 唯一的答案是
       *[other] { $given } 个智能体答案一致：
      }
  }
rounds-outcome-most = { $after ->
    [0] 交流之前，{ $given } 个智能体中有 { $votes } 个回答
   *[other] 交流 { $after } 轮之后，{ $given } 个智能体中有 { $votes } 个回答
  }
rounds-outcome-tied = { $after ->
    [0] 交流之前是平局，{ $score }；取最先出现的：
   *[other] 交流 { $after } 轮之后是平局，{ $score }；取最先出现的：
  }
rounds-answer = 答案：
rounds-answer-tied = 平局，{ $score }；取最先出现的：
rounds-chosen-likeness = 专长与提示最相近，所以选中：
rounds-chosen-agreement = 答案与最多的其他答案相同，所以选中：
rounds-chosen-verdict = 裁决选中：
rounds-before = 之前：
rounds-confidence = 置信度（confidence）
    .about = 到目前为止，它最常给出的答案占它全部答案的比例。
rounds-graph = { $title }：谁读谁的回答，{ $n ->
    [0] 没有消息
   *[other] { $n } 条消息
  }
rounds-graph-none = 这一轮谁也不读别人的回答。
rounds-graph-few = 每个箭头是一条消息。指向一个智能体，就只看与它有关的消息。
rounds-graph-many = 每条线表示两个智能体互读回答。指向一个智能体，就能看到它的消息。
rounds-agent = { $name }，{ $heard ->
    [0] 没有读别人的回答
   *[other] 读了 { $heard } 个其他智能体的回答
  }
rounds-minds = 谁改变了主意
rounds-course = 各轮的答案
rounds-changes = { $n ->
    [0] 没有谁改变答案。
   *[other] 改变主意 { $n } 次。
  }
rounds-changes-known = 由错改对 { $right } 次，由对改错 { $wrong } 次，由错改成另一个错 { $between } 次。
rounds-truth = 正确答案：{ $truth }
rounds-truth-unknown = 在设置中填入正确答案，就能看出每次改变是对是错。
rounds-changes-table = 每次改变，以及跟随了谁
rounds-head-when = 何时
rounds-head-who = 智能体
rounds-head-answer = 答案
rounds-head-read = 刚读过谁的相同答案
rounds-head-turn = 变化
rounds-read-nobody = 没有
rounds-turn-to-right = 由错改对
rounds-turn-to-wrong = 由对改错
rounds-turn-between-wrong = 由错改错
rounds-turn-unknown = 有变化
rounds-costs = 一轮的开销
    .about = 如果这些智能体换一种方式相连，一轮要读多少个回答（包括自己的）。
rounds-head-topology = 谁读谁
rounds-head-messages = 读的回答数
rounds-here = （本次）
rounds-topology-memory = 全体互读
rounds-topology-report = 中心汇总
rounds-topology-relay = 环形接力
rounds-topology-debate = 两两相连
