using System.Globalization;
using System.Net;

namespace Roj.KvBench;

/// <summary>What the load generator, a process of its own on a host of its own, is told on its command line.</summary>
/// <param name="Protocol">How the subject is spoken to: <see cref="Resp"/>, <see cref="RespWait"/> or <see cref="Grpc"/>.</param>
/// <param name="Doors">Where clients come: the first client to the first, and so on in turns.</param>
/// <param name="Does">What it does: <see cref="Put"/>, <see cref="Get"/>, or <see cref="Mixed"/>.</param>
/// <param name="Clients">How many clients there are.</param>
/// <param name="Pipeline">How many requests each has under way: it says so many, waits for all answers, and says the next.</param>
/// <param name="Keys">Over how many keys they are spread, each as likely as another.</param>
/// <param name="WarmUp">How long they are not measured.</param>
/// <param name="Measured">How long they are measured after it.</param>
internal sealed record ClusterLoad(
    string Protocol,
    IReadOnlyList<IPEndPoint> Doors,
    string Does,
    int Clients,
    int Pipeline,
    int Keys,
    TimeSpan WarmUp,
    TimeSpan Measured)
{
    /// <summary>What the command line of a load generator begins with.</summary>
    public const string Mark = "load";

    /// <summary>The Redis protocol.</summary>
    public const string Resp = "resp";

    /// <summary>As <see cref="Resp"/>, with a WAIT 1 behind the changes of each turn.</summary>
    public const string RespWait = "resp-wait";

    /// <summary>etcd's own.</summary>
    public const string Grpc = "grpc";

    /// <summary>Changes keys.</summary>
    public const string Put = "put";

    /// <summary>Reads keys.</summary>
    public const string Get = "get";

    /// <summary>Changes and reads them in turns.</summary>
    public const string Mixed = "mixed";

    /// <summary>Writes each key once, and ends.</summary>
    public const string Fill = "fill";

    /// <summary>How long a value is.</summary>
    public const int ValueBytes = 100;

    /// <summary>As arguments, the mark first.</summary>
    public string[] ToArguments() =>
    [
        Mark, Protocol, string.Join(',', Doors), Does, Text(Clients), Text(Pipeline), Text(Keys), Text(WarmUp.TotalSeconds),
        Text(Measured.TotalSeconds),
    ];

    /// <summary>Reads what <see cref="ToArguments"/> wrote.</summary>
    public static ClusterLoad Of(string[] arguments) => new(
        arguments[1],
        [.. arguments[2].Split(',').Select(IPEndPoint.Parse)],
        arguments[3],
        Number(arguments[4]),
        Number(arguments[5]),
        Number(arguments[6]),
        TimeSpan.FromSeconds(double.Parse(arguments[7], CultureInfo.InvariantCulture)),
        TimeSpan.FromSeconds(double.Parse(arguments[8], CultureInfo.InvariantCulture)));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
