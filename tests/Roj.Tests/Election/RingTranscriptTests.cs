using System.Globalization;
using Roj.Tests.Transcripts;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>An election as a story: the .txt files in Stories. Nodes are 1, 2, …; what is sent arrives at once, in order.</summary>
public sealed class RingTranscriptTests
{
    private RingLab lab = new();

    [Theory]
    [InlineData("ring-of-three.txt")]
    [InlineData("ring-leader-lost.txt")]
    public void Plays_as_written(string name) => Transcript.Verify(Path.Combine("Stories", name), Play);

    private List<string> Play(string command)
    {
        var words = command.Split(' ');
        var output = new List<string>();
        void Watch() => lab.Watch = line => output.Add($"{lab.Now} {line}");
        Watch();
        switch (words[0])
        {
            case "ring": // ring <rank>…: nodes 1, 2, … whose numbers have these ranks, of ten
                lab = RingLab.Of([.. words.Skip(1).Select(Number)]);
                Watch();
                foreach (var id in lab.Nodes.Keys.ToArray())
                    lab.Do(id, node => node.Start(lab.Now));
                break;
            case "kill": // kill <node>: nobody has noticed
                lab.Kill(Number(words[1]));
                break;
            case "notice": // membership has
                lab.Reknit();
                break;
            case "run": // run <seconds>
                lab.Run(TimeSpan.FromSeconds(Number(words[1])));
                break;
            default:
                throw new ArgumentException($"unknown command: {command}");
        }

        return output;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
