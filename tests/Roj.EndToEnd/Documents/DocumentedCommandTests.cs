using Xunit;

namespace Roj.EndToEnd.Documents;

public class DocumentedCommandTests
{
    [Fact]
    public void Commands_are_the_lines_of_shell_that_begin_with_the_program() =>
        Assert.Equal(
            [
                new DocumentedCommand("a.md:3", "roj kv set greeting hello"),
                new DocumentedCommand("a.md:5", "roj status --output json"),
            ],
            DocumentedCommand.Of("a.md", """
                words
                ```sh
                roj kv set greeting hello   # a remark
                ./run
                roj status --output json
                ```
                roj members
                ```
                roj leader
                ```
                """));

    [Theory]
    [InlineData("roj", "")]
    [InlineData("roj status --output json", "status")]
    [InlineData("roj token exec --token deploy -- ./migrate.sh", "token exec")]
    [InlineData("roj up 5", "up")]
    [InlineData("roj keygen /etc/roj.key", "keygen")]
    [InlineData("roj why pluto", "why pluto")]
    public void A_name_ends_where_the_arguments_begin(string text, string name) =>
        Assert.Equal(name, new DocumentedCommand("", text).Name);
}
