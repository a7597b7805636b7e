# 分词器实验。

study-tokenizers = 一段文字，多种分词器
    .summary = 分词器不同的模型，会在不同的位置切分同一段文字。看看哪些切分点重合，以及按精确匹配、MinED、并集规则和字节，每个词元在其他词表里对应哪个词元。
setting-tokenizers-text = 文字
    .help = 最多 400 字节。可以试试别的文字、数字、代码或表情符号。
setting-tokenizers-first = 第一个分词器
    .help = 只读取该模型的分词器，不读取权重。
setting-tokenizers-second = 第二个分词器
    .help = zoo 中的模型共用两种分词器：一种按单个字符，一种按片段。
setting-tokenizers-third = 第三个分词器
    .help = 可以不选。
setting-tokenizers-fourth = 第四个分词器
    .help = 可以不选。

tokenizers-ruler = 各分词器对这段文字的切分
tokenizers-keys = 最上面是文字及其字节。点选一个词元，或用方向键移动：左右沿一行移动，上下在分词器之间切换。
tokenizers-key-common = 所有分词器都在此处结束一个词元
tokenizers-key-part = 切开了一个字符，显示其字节
tokenizers-key-control = 控制词元，或未知词元
tokenizers-tokens = { $n } 个词元
tokenizers-token = { $name }，第 { $n } 个词元，共 { $all } 个：{ $token }，字节 { $from } 至 { $to }
tokenizers-place = 第 { $n } 个词元，共 { $all } 个
tokenizers-id = 编号 { $id }
tokenizers-at = 字节 { $from } 至 { $to }
tokenizers-no-bytes = 不占文字的字节
tokenizers-kind-part = 字符的一部分
tokenizers-kind-control = 控制词元
tokenizers-kind-unknown = 该分词器没有对应的词元，这段文字就此丢失

tokenizers-way-em = EM
tokenizers-way-mined = MinED
tokenizers-way-union = 并集
tokenizers-way-bytes = 字节
tokenizers-not-yet = 正在查找 …
tokenizers-no-em = 没有完全相同的词元
tokenizers-no-mined = 没有：控制词元只与控制词元对应
tokenizers-same = 同一个词元
tokenizers-nearest = 编辑距离 { $distance }
tokenizers-nearest-first = 编辑距离 { $distance }；{ $ties } 个同样近的词元中的第一个
tokenizers-how-own = 同一个词元
tokenizers-how-sub = 去掉空格后的第一个子词元
tokenizers-how-bytes = 开头的几个字节
tokenizers-how-unknown = 没有对应的词元
tokenizers-how-none = 没有
tokenizers-flush = 恰好占这些字节
tokenizers-crossing = 在别的字节处切分
tokenizers-begin = 其词表中有 { $n } 个词元以这些字节开头。

tokenizers-figures = 各分词器如何切分这段文字
tokenizers-head-name = 分词器
tokenizers-head-size = 词表大小
tokenizers-head-count = 词元数
tokenizers-head-each = 每词元字节数
tokenizers-head-shared = 与所有分词器重合的切分点
tokenizers-head-parts = 切开字符
tokenizers-head-unknown = 未知
tokenizers-head-n = 序号
tokenizers-head-token = 词元
tokenizers-head-bytes = 字节
tokenizers-exact = 词表中有精确对应的比例
tokenizers-found-in = 在 { $name } 中
tokenizers-table = 所有词元及其对应的表格
tokenizers-tokens-of = { $name } 的词元

# 值得注意
tokenizers-note-lengths = 这段文字有 { $bytes } 字节，{ $fewest } 只用 { $few } 个词元，平均每个约 { $each } 字节；{ $most } 要用 { $many } 个。
tokenizers-note-equal = 这段文字有 { $bytes } 字节，所有分词器都用 { $count } 个词元。
tokenizers-note-common-all = 所有分词器的切分点完全一致：这段文字不必移动切分点就能逐词元融合。
tokenizers-note-common-some = 文字内部共有 { $places } 个切分点，其中 { $common } 个为所有分词器共有。在其余位置，成员必须等待，或截断自己的词元，概率才能比较。
tokenizers-note-common-none = 文字内部没有一个切分点为所有分词器共有：直到文字结束都无法比较。
tokenizers-note-unknown = { $name } 对这段文字中的 { $count } 处没有词元：那里的内容对它来说已经丢失，也就无从投票。
tokenizers-note-parts = { $name } 会把字符切成字节：有 { $count } 个词元只是某个字符的一部分。按字符串比较词元的代码无法匹配它们，按字节比较则可以。
tokenizers-note-exact = { $source } 的词表中，EM 能在 { $target } 里找到 { $share }。
tokenizers-note-exact-both = { $source } 的词表中，EM 能在 { $target } 里找到 { $share }；反过来则是 { $back }。
tokenizers-note-nearest = 最近不等于相同：对 { $source } 的“{ $token }”，MinED 选了 { $target } 的“{ $near }”，编辑距离为 { $distance }{ $ties ->
    [1] 。
   *[other] ，是 { $ties } 个同样近的词元中的第一个。
}
tokenizers-note-union = 对 { $source } 的“{ $token }”，并集规则只问 { $target } 的“{ $first }”，而别的词也以它开头。
