# `fusionlab lab`.

cli-help-lab = watch a study of the laboratory to its end, or list them all
cli-help-lab-name = the study; without one, all are listed with their settings
cli-help-lab-set = a setting of the study
cli-help-lab-out = write the last picture here, as JSON
cli-help-lab-record = keep the last picture as what the app shows first; with the usual settings only
cli-lab-recorded = recorded in { $file }
cli-lab-stopped = stopped; what stands above is the last picture
cli-lab-record-as-usual = a recording is made with the usual settings
    .hint = leave --set out, or write the picture elsewhere with --out
