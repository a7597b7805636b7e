# The recipe of a page: what is asked, of whom, by which method, and its settings.

recipe-prompt = Prompt
    .placeholder = What should the models answer?
    .keys = Shift + Enter runs it
recipe-too-long = This text has { $written } characters; the app reads up to { $most }. It was not taken over.
    .hint = paste a shorter part of it
recipe-run = Run
recipe-stop = Stop
recipe-start = Start from
    .none = An example …
recipe-method = Method
recipe-turns = Earlier turns of the conversation
recipe-turn-user = User
recipe-turn-assistant = Assistant
recipe-leave-out = Leave out the earlier turns
recipe-refused = Please fix this first
recipe-locked = You can look at this set-up, but not change or run it.

recipe-members = Members
recipe-member = Member { $number }
recipe-name = Name
recipe-name-twice = Another member has this name: the later one is called “{ $name }” here.
recipe-instruction = Instruction
    .help = Only this member reads it, before the prompt.
    .none = None
recipe-figure-least = { $value } is not taken: the least is { $bound }. It stays { $last }.
recipe-figure-most = { $value } is not taken: the most is { $bound }. It stays { $last }.
recipe-weight = Weight
    .help = How much this member counts beside the others. 0: it is shown, but has no say.
recipe-engine = Computed by
    .help = The 8-bit form is faster, and made once.
    .none = Whatever suits best
recipe-engine-llamacpp = llama.cpp
recipe-engine-onnx = onnxruntime, 8-bit weights
recipe-engine-transformers = transformers, the model's own weights
recipe-remove = Remove this member
recipe-done = Done
recipe-add = Add member
    .full = { $most ->
        [one] One member is the most here.
       *[other] { $most } members are the most here.
    }
recipe-dropped-members = { $n ->
        [one] Left out, because this method has no place for it: { $names }.
       *[other] Left out, because this method has no place for them: { $names }.
    }
recipe-dropped-settings = { $n ->
        [one] This method does not have the setting { $names } as it stood.
       *[other] This method does not have these settings as they stood: { $names }.
    }

recipe-model = Model
recipe-models = Models that suit this method
recipe-model-none = no model yet
recipe-model-rungs = { $n ->
    [one] One model that a ladder made is not shown; type “ladder” to see it.
   *[other] { $n } models that ladders made are not shown; type “ladder” to see them.
}
recipe-model-search = Search, or type a reference and press Enter
recipe-model-server = A model on a server can be a member too: { $server }
recipe-model-here = on this disk
recipe-model-away = will be downloaded
recipe-model-own = As typed
recipe-model-unknown = Whether it suits is checked before the run.
recipe-level-text = text only
recipe-level-logprobs = log-probabilities
recipe-level-logits = logits
recipe-level-internals = fully open

recipe-settings = Settings
recipe-settings-changed = { $n ->
        [one] Settings · { $n } changed
       *[other] Settings · { $n } changed
    }
recipe-settings-title = Settings
recipe-group-basic = Basic
recipe-group-rule = Rule
recipe-group-expert = Expert
recipe-usual = Back to the defaults
recipe-list-help = One per line. If an entry has several lines, put a line of --- between entries.
