using System.CommandLine;
using Roj.Cli.Doctor;
using Roj.Host;

namespace Roj.Cli;

/// <summary><c>roj doctor</c>: names what is wrong on this machine, or with the node that runs on it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var node = AskedNode.NodeOption("The node to look at; else what ROJ_NODE says, else the one that runs on this machine.");
        var port = Port("--port", "The port between nodes, to be looked at where no node runs.", SyncOptions.DefaultNodePort);
        var httpPort = Port("--http-port", "Where the HTTP API of this machine's node is.", Host.Daemon.NodeOptions.DefaultHttpPort);
        var output = OutputOption.Create();
        var command = new Command(
            "doctor", "Say what is wrong on this machine or with its node, why it matters and what to do. Example: roj doctor")
        {
            node, port, httpPort, output,
        };
        AskedNode.CheckEnvironment(command, node);
        command.SetAction(parsed =>
        {
            var token = NodeToken.Find();
            var examination = parsed.GetValue(node) is not { } named && AskedNode.Given() is { } given
                ? new Examination(given, token.For(given), parsed.GetValue(port), parsed.GetValue(httpPort))
                : new Examination(parsed.GetValue(node), token, parsed.GetValue(port), parsed.GetValue(httpPort));
            var findings = examination.Run();
            if (parsed.GetValue(output) == "json")
                WriteJson(findings);
            else
                Write(findings);
            return findings.Any(finding => finding.IsWrong) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static void Write(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var mark = finding.IsWrong ? "WRONG" : "ok";
            Console.WriteLine(Arguments.OneLine($"{mark,-5}  {finding.Check,-9}  {finding.What}"));
            if (finding.Why is { } why)
                Console.WriteLine(Arguments.OneLine($"       why it matters: {why}"));
            if (finding.Do is { } toDo)
                Console.WriteLine(Arguments.OneLine($"       what to do: {toDo}"));
        }
    }

    private static void WriteJson(IReadOnlyList<Finding> findings) => Console.WriteLine(JsonText.Of(json =>
    {
        json.WriteBoolean("well", !findings.Any(finding => finding.IsWrong));
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("check", finding.Check);
            json.WriteBoolean("wrong", finding.IsWrong);
            json.WriteString("what", finding.What);
            json.WriteString("why", finding.Why);
            json.WriteString("do", finding.Do);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }));

    private static Option<ushort> Port(string name, string description, ushort standard) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = Arguments.Number<ushort>(name, 1, ushort.MaxValue),
    };
}
