# 融合阶梯：不能进行的原因，以及终端里的话。

ladder-needs-checker = 题集 { $suite } 给开放式回答打分；融合阶梯需要能判断对错的题集
    .hint = 请选择有判分规则的题集，例如 zoo-mixed
ladder-few-lessons = 只用 { $count } 道题不足以训练一级
    .hint = { PLACE() ->
        [app] 请至少给 { $fewest } 道
       *[terminal] 请至少给 { $fewest } 道，或去掉 --lessons
    }
ladder-needs-members = 融合阶梯至少需要两个成员；现在有 { $count } 个
    .hint = { PLACE() ->
        [app] 请在“成员”里再添加一个模型
       *[terminal] 用 --member 再添加一个
    }
ladder-member-twice = { $member } 作为成员出现了 { $times } 次，等于与自己融合
    .hint = 每个模型只列一次，或给第二个单独的指令
ladder-none-fits = 没有哪个融合层次适合这些成员：{ $cause }
ladder-of-another = { $folder } 里是另一些题目或成员的阶梯（{ $members }）
    .hint = { PLACE() ->
        [app] 请更改设置，重新开始
       *[terminal] 换一个 --out，或使用相同的题集、--items、--seed 和成员
    }
ladder-no-choosing = 其中有一项要用测试以外的题目来选择，而题集里已经没有这样的题了
    .hint = 请减少题数
ladder-no-builder = 这一版 FusionLab 还不能构建这样的模型
ladder-no-ancestor = 这些成员没有共同的祖先
    .hint = 请选择由同一个模型得来的成员
ladder-no-training-data = 题集 { $suite } 只有测试题，没有可用于训练的题
ladder-not-built = 模型没能放上架
ladder-not-offered = 公开演示不运行融合阶梯
    .hint = 请在自己的机器上运行 fusionlab ladder

cli-ladder-goes-on = 接着进行 { $folder } 里的阶梯
cli-ladder-skipped = { $rung }：未参加，{ $why }
