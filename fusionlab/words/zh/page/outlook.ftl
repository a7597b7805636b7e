# 还有谁可能当选，结果又取决于谁。

outlook-answer-of = { $author }（答案 { $n }）
outlook-growing = 正在书写
outlook-candidate = 候选 { $n }

# 各段文字得出的答案
outlook-no-answer = 没有答案
outlook-share = { $of } 份中的 { $n } 份
outlook-more-answers = 还有 { $n } 个答案

# 换一种方式会选出谁
outlook-by-rule = 各种规则的结果（相似度按“{ $metric }”计算）
outlook-by-metric = 各种度量的结果：平均而言与其他答案最相似的
outlook-head-rule = 规则
outlook-head-metric = 度量
outlook-head-elects = 选出
outlook-head-that-is = 与当选者相比
outlook-decided = 本次采用
outlook-agrees-candidate = ✓ 当选者
outlook-agrees-text = = 文字相同
outlook-agrees-answer = = 答案相同
outlook-agrees-nothing = ≠ 另一个

# 需要多少投票者
outlook-jury = 需要多少投票者
outlook-jury-table = 评审组数据表
outlook-jury-caption = 不同规模的评审组中，选出相同结果的占比
outlook-head-voters = 投票者
outlook-head-panels = 选出相同结果的评审组
outlook-jury-axis = 评审组人数
outlook-jury-dot = { $n } 个投票者中的 { $voters } 个：{ $share }
outlook-jury-answer = 如果 { $n } 个候选中只有一部分参选并投票，还会选出同一个答案吗？在 { $half } 人的评审组中，{ $share } 会。
outlook-jury-like = 如果 { $n } 个候选中只有一部分参选并投票，还会选出类似的答案吗？在 { $half } 人的评审组中，{ $share } 会。
outlook-jury-always = 即使是最小的评审组，也几乎总是如此。
outlook-jury-never = 再小的评审组都达不到十次中九次。
outlook-jury-from = 从 { $voters } 个投票者起，十次中有九次如此。

# 谁的一票起决定作用
outlook-influence = 谁的一票起决定作用
outlook-influence-about = 所有候选都参选，依次去掉其中一票。
outlook-influence-none = 没有哪一票能单独决定结果：去掉 { $n } 票中的任何一票，当选者都不变。
outlook-more-voters = 等另外 { $n } 个
outlook-without-several = 去掉 { $voters }中任何一票，当选的就是 { $winner }{ $agrees ->
    [text] ，文字相同
    [answer] ，答案相同
   *[nothing] {""}
}。
outlook-without-one = 去掉 { $voters }的一票，当选的就是 { $winner }{ $agrees ->
    [text] ，文字相同
    [answer] ，答案相同
   *[nothing] {""}
}。
outlook-without-own = 去掉它自己的一票，当选的就是 { $winner }{ $agrees ->
    [text] ，文字相同
    [answer] ，答案相同
   *[nothing] {""}
}。
