using Xunit;

namespace Roj.EndToEnd.Documents;

/// <summary>Every command that the documents for users show is typed, in their order, and does what a reader expects: it works.</summary>
public class CommandTests
{
    public static TheoryData<string> Documents => new("README.md", "docs/guide.md", "docs/sync.md");

    [Theory]
    [MemberData(nameof(Documents))]
    public Task Every_command_works(string document) => Lab.RunAsync(DocumentedCluster.Numbers, "commands", async lab =>
    {
        DocumentedCommand[] commands = [.. DocumentedCommand.Of(document, File.ReadAllText(Path.Combine(Repository.Root, document)))];
        Assert.NotEmpty(commands);
        var cluster = await DocumentedCluster.StartAsync(lab);
        var wrong = new List<string>();
        foreach (var command in commands)
        {
            if (await cluster.WrongWithAsync(command) is { } what)
                wrong.Add(what);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    });
}
