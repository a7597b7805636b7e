# 选举：候选回答、规则、相似程度，以及结果取决于谁。

ballots-metric-rouge-l = ROUGE-L
    .about = 两个回答按相同顺序共有的词
ballots-metric-char-lcs = 字符
    .about = 两个回答按相同顺序共有的字符
ballots-metric-cosine = 语义
    .about = 两个回答句向量的余弦相似度
ballots-metric-mixture = 混合
    .about = 其他指标的加权平均
ballots-metric-votes = 票数
    .about = 得出相同答案的回答所占的比例
ballots-metric-says = { $name }：{ $says }。
ballots-rule-mbr = 最典型
    .about = 最小贝叶斯风险：平均来说与其他回答最相似
ballots-rule-majority = 多数票
    .about = 提取出的答案中，得票（按权重）最多的
ballots-rule-borda = 波达计数（Borda）
    .about = 每张选票按相似程度给其他回答排名，总分最高的
ballots-rule-condorcet = 孔多塞（Condorcet）
    .about = 两两对决时胜过所有或最多对手的
ballots-rule-ranked-pairs = 排序对（ranked pairs）
    .about = 两两对决的胜负，从最悬殊的开始认定
ballots-rule-clusters = 最大的一组
    .about = 相近回答中权重最大的一组里最典型的
ballots-rule-over = { $rule }（相似度：{ $metric }）

ballots-sample = { $name }（第 { $n } 个回答）
ballots-growing = 正在写
ballots-cut = 未写完
ballots-candidate = 候选回答 { $n }
ballots-named = { $name }（候选回答 { $n }）
ballots-complete = { $all } 个回答中已有 { $n } 个写完，还没有投票。
ballots-elected-by = { $name } 当选。依据：{ $by }。
ballots-unanimous = { $n } 个回答得出同一个答案，取其中第一个。
ballots-tied = 平局（{ $by }）：{ $name } 与 { $others }{ $more ->
    [0] {""}
   *[other] {""}，以及另外 { $more } 个
  }；取最先出现的。
ballots-tied-votes = 平局（{ $by }），{ $score }：{ $name } 与 { $others }{ $more ->
    [0] {""}
   *[other] {""}，以及另外 { $more } 个
  }；取最先出现的。
ballots-would = 如果依据是“{ $metric }”，当选的会是 { $name }。
ballots-elected = 当选
ballots-first-of-tie = 平局中的第一个
ballots-in-tie = 并列
ballots-answer = 答案
ballots-in-group = 第 { $name } 组，共 { $n } 个
ballots-weighs = 选票权重 { $weight }
ballots-shared = 共有的词：{ $share }
ballots-groups = { $n ->
   *[other] 相近的回答分成 { $n } 组：{ $sizes }
  }{ $alone ->
    [0] 。
   *[other] ；另有 { $alone } 个与其他回答都不相近。
  }
ballots-group-size = 第 { $name } 组 { $n } 个
ballots-groups-none = 每个回答都与其他回答不同。
ballots-groups-one = 所有回答都相近，属于同一组。
ballots-ranked-by = 排序依据
ballots-light = 标出共有的词
ballots-light-before = 标出的词也出现在
ballots-light-after = 的其他候选回答里。卡片上的比例是其中各词的平均值。
ballots-lit-first = { $all } 个候选回答中，只标出前 { $lit } 个。
ballots-lit-beginnings = 每个回答只标出前 { $characters } 个字符。

ballots-rest = 再显示 { $n } 个回答
ballots-tally = 各个回答得出的答案
ballots-of = { $all } 个中的 { $n } 个
ballots-more-answers = 以及另外 { $n } 个答案
ballots-otherwise = 换一种方式，谁会当选
ballots-by-rule = 按各种规则（相似度：{ $metric }）
ballots-by-metric = 按各种指标：平均来说与其他回答最相似的
ballots-head-rule = 规则
ballots-head-metric = 指标
ballots-head-elects = 选出
ballots-head-that-is = 与结果相比
ballots-head-candidate = 候选回答
ballots-head-voters = 投票者
ballots-decided = 本次采用
ballots-agrees-candidate = 当选的回答
ballots-agrees-text = 文字相同
ballots-agrees-answer = 答案相同
ballots-agrees-not = 另一个

ballots-alike-in = 按什么比较相似程度
ballots-likeness = 每两个回答有多相似
ballots-likeness-table = 相似程度列表
ballots-words-characters = 中文里每个字算一个词。
ballots-pasted = 自带
ballots-embedded-beside = 语义由一个小型嵌入模型比较，计算引擎为 { $engine }。
ballots-embedded = 由一个小型嵌入模型比较，计算引擎为 { $engine }。
ballots-words-jieba = 中文由 jieba 分词。
ballots-best = 只显示 { $all } 个中最好的 { $shown } 个。
ballots-numbered = 行列编号是候选回答的编号，不是名次。
ballots-choose-cell = 选一个格子，就能对照两个回答。
ballots-pairs = 两两相似度
ballots-pairs-by = 两两相似度，{ $metric }
ballots-pair = { $a } 与 { $b }：{ $value }
ballots-text-of = { $name } 的回答

ballots-stakes = 结果取决于谁
ballots-jury = 需要多少投票者
ballots-jury-question = 如果 { $n } 个候选回答里只有一部分参选并投票，会选出{ $same ->
    [same] 同一个答案
   *[like] 相近的回答
  }吗？{ $half } 个一组时，有 { $share } 的组会。
ballots-jury-always = 再小的组也几乎总会如此。
ballots-jury-never = 更小的组都达不到十次里九次。
ballots-jury-from = 每组达到 { $n } 个投票者后，十次里至少九次会。
ballots-panels = 选出相同结果的比例
ballots-panels-table = 各组列表
ballots-panels-by-size = 选出相同结果的比例，按每组人数
ballots-voters = 每组投票人数
ballots-voters-share = { $all } 个投票者中的 { $n } 个：{ $share }
ballots-hangs = 谁的选票起决定作用
    .about = 所有回答都参选，每次去掉一张选票。
ballots-hangs-none = 没有哪一张选票能左右结果：{ $n } 张里无论去掉哪张，当选的都一样。
ballots-change-own = 去掉它自己的选票，[winner] 就会当选。
ballots-change = { $n ->
    [1] 去掉 [ballots] 的选票，[winner] 就会当选。
   *[other] 去掉 [ballots]{ $more ->
       [0] {""}
      *[other] 以及另外 { $more } 个
     }中任何一张选票，[winner] 就会当选。
  }
ballots-change-text = 它的文字相同。
ballots-change-answer = 它的答案相同。
