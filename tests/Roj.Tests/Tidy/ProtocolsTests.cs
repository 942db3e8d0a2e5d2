using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Roj.Tests.Tidy;

/// <summary>The pages of the protocols say what the source says.</summary>
public sealed class ProtocolsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Protocol.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_is_what_the_source_says(string name)
    {
        var protocol = Protocol.All.Single(one => one.Name == name);
        var page = new ProtocolPage(protocol, Repository.Files).Write();
        if (Environment.GetEnvironmentVariable("ROJ_REGENERATE") == "1")
            File.WriteAllText(Path.Combine(Repository.Root, protocol.Path), page);
        else
            Assert.Equal(Repository.File(protocol.Path).Text, page);
    }

    [Fact]
    public void Steps_are_what_is_given_and_not_what_is_asked_for()
    {
        const string Source = """
            class Machine
            {
                private Phase phase = new Phase.Idle();
                void Begin() { if (phase is Phase.Idle) phase = new Phase.Busy(1); }
                void End() => (phase, at) = (new Phase.Idle(), 0);
                void Stop() { if (phase is not Phase.Idle) phase = new Phase.Gone(); }
                bool Ask() => phase is Phase.Busy;
                void Turn()
                {
                    switch (phase)
                    {
                        case Phase.Busy or Phase.Idle:
                            phase = new Phase.Gone();
                            break;
                    }
                }
            }
            """;
        var root = CSharpSyntaxTree.ParseText(Source, cancellationToken: Cancelled).GetRoot(Cancelled);
        Assert.Equal(
            [
                ("[*]", "Idle", "at first"), ("Idle", "Busy", "Begin"), ("any", "Idle", "End"), ("any", "Gone", "Stop"),
                ("Busy", "Gone", "Turn"), ("Idle", "Gone", "Turn"),
            ],
            StateSteps.Of(root, "Phase", ["Idle", "Busy", "Gone"]));
    }
}
