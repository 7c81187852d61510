# bash completion of kafkasim
_kafkasim() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "run check list schema names plot compare assign --help --version" -- "$current"))
    return
  fi
  case $before in
    --log) COMPREPLY=($(compgen -W "trace debug info warn error off" -- "$current")); return ;;
    --out) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --seed | --seeds | --jobs | --set | --topic | --member) return ;;
  esac
  case $command in
    run)
      if [ "${current#-}" != "$current" ]; then
        COMPREPLY=($(compgen -W "--seed --seeds --jobs --set --json --quiet --stats --out --log --help" -- "$current"))
      else
        COMPREPLY=($(compgen -f -X '!*.yaml' -- "$current") $(compgen -d -- "$current"))
      fi ;;
    check)
      if [ "${current#-}" != "$current" ]; then
        COMPREPLY=($(compgen -W "--set --help" -- "$current"))
      else
        COMPREPLY=($(compgen -f -X '!*.yaml' -- "$current") $(compgen -d -- "$current"))
      fi ;;
    plot | compare) COMPREPLY=($(compgen -d -- "$current")) ;;
    assign) COMPREPLY=($(compgen -W "range roundrobin --topic --member --help" -- "$current")) ;;
  esac
}
complete -o filenames -F _kafkasim kafkasim
