using Xunit;

namespace Roj.Tests.Transcripts;

public sealed class TranscriptTests
{
    private static IEnumerable<string> Echo(string command) => command == "silence" ? [] : [$"did {command}"];

    [Fact]
    public void A_right_transcript_is_its_own_replay()
    {
        const string Text = "# why\none\ntwo\n----\ndid one\ndid two\n\nsilence\n----\n(nothing)\n";

        Assert.Equal(Text, Transcript.Replay(Text, Echo));
    }

    [Fact]
    public void Missing_and_wrong_outputs_are_replaced()
    {
        const string Text = "# only a comment\n\none\n\ntwo\n----\ndid three\n";

        Assert.Equal("# only a comment\n\none\n----\ndid one\n\ntwo\n----\ndid two\n", Transcript.Replay(Text, Echo));
    }
}
