# fish completion of kafkasim
set -l commands run check list schema names plot compare assign
complete -c kafkasim -f
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a run -d 'Run scenarios and give the verdict'
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a check -d 'Show every mistake'
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a list -d 'Scenarios that come with the program'
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a schema -d 'JSON Schema of scenario files'
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a names -d 'Measured names'
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a plot -d 'Draw the plots of a result directory'
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a compare -d 'First event where two results part'
complete -c kafkasim -n "not __fish_seen_subcommand_from $commands" -a assign -d 'What an assignor gives to whom'
complete -c kafkasim -n "__fish_seen_subcommand_from run check" -F
complete -c kafkasim -n "__fish_seen_subcommand_from plot compare" -a '(__fish_complete_directories)'
for option in seed seeds jobs set
  complete -c kafkasim -n "__fish_seen_subcommand_from run" -l $option -x
end
for option in json quiet stats
  complete -c kafkasim -n "__fish_seen_subcommand_from run" -l $option
end
complete -c kafkasim -n "__fish_seen_subcommand_from run" -l out -r
complete -c kafkasim -n "__fish_seen_subcommand_from run" -l log -x -a 'trace debug info warn error off'
complete -c kafkasim -n "__fish_seen_subcommand_from assign" -a 'range roundrobin'
