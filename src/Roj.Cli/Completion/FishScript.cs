using System.Text;

namespace Roj.Cli.Completion;

/// <summary>What fish evaluates to complete the program's words.</summary>
internal static class FishScript
{
    public static string Of(IReadOnlyList<CommandWords> commands)
    {
        var script = new StringBuilder();
        script.Append("""
            function __roj_at
              set -l at roj
              for word in (commandline -opc)[2..]
                switch "$at $word"
                  case
            """);
        foreach (var command in commands.Where(command => command.Path.Contains(' ', StringComparison.Ordinal)))
            script.Append(' ').Append(Quoted(command.Path));
        script.Append("\n        set at \"$at $word\"\n    end\n  end\n  test \"$at\" = \"$argv\"\nend\n");
        foreach (var command in commands)
        {
            var at = $"complete -c roj -n \"__roj_at {command.Path}\"";
            foreach (var name in command.Commands)
            {
                var about = commands.First(other => other.Path == $"{command.Path} {name}").Description;
                script.Append(at).Append(" -f -a ").Append(name).Append(" -d ").Append(Quoted(about)).Append('\n');
            }

            foreach (var option in command.Options)
                script.Append(at).Append(Words(option)).Append('\n');
        }

        return script.ToString();
    }

    private static string Words(OptionWords option)
    {
        var words = new StringBuilder();
        foreach (var name in option.Names)
            words.Append(name.StartsWith("--", StringComparison.Ordinal) ? " -l " + name[2..] : name.Length == 2 ? " -s " + name[1..] : "");
        if (option.Values.Count > 0)
            words.Append(" -x -a ").Append(Quoted(string.Join(' ', option.Values)));
        else if (option.TakesValue)
            words.Append(" -r");
        return words.Append(" -d ").Append(Quoted(option.Description)).ToString();
    }

    private static string Quoted(string text) =>
        "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
