using System.Text;

namespace Roj.Cli.Completion;

/// <summary>What bash evaluates to complete the program's words; zsh does so too, by its <c>bashcompinit</c>.</summary>
internal static class BashScript
{
    public static string Of(IReadOnlyList<CommandWords> commands)
    {
        var script = new StringBuilder();
        script.Append("""
            _roj() {
              local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at=roj words= i
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "$at ${COMP_WORDS[i]}" in

            """);
        var below = commands.Where(command => command.Path.Contains(' ', StringComparison.Ordinal)).Select(Quoted);
        script.Append("      ").AppendJoin(" | ", below).Append(") at=\"$at ${COMP_WORDS[i]}\" ;;\n");
        script.Append("    esac\n  done\n  case \"$at $prev\" in\n");
        foreach (var command in commands)
        {
            foreach (var option in command.Options.Where(option => option.TakesValue))
            {
                script.Append("    ").AppendJoin(" | ", option.Names.Select(name => $"'{command.Path} {name}'"))
                    .Append(") words='").AppendJoin(' ', option.Values).Append("' ;;\n");
            }
        }

        script.Append("    *)\n      case $at in\n");
        foreach (var command in commands)
        {
            var words = command.Commands.Concat(command.Options.SelectMany(option => option.Names));
            script.Append("        ").Append(Quoted(command)).Append(") words='").AppendJoin(' ', words).Append("' ;;\n");
        }

        script.Append("""
                  esac ;;
              esac
              COMPREPLY=($(compgen -W "$words" -- "$cur"))
            }
            # Where none of the words fits, files are offered.
            complete -o default -F _roj roj

            """);
        return script.ToString();
    }

    private static string Quoted(CommandWords command) => $"'{command.Path}'";
}
