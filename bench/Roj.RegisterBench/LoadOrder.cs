using System.Globalization;
using System.Net;

namespace Roj.RegisterBench;

/// <summary>What the load generator, a process of its own on a host of its own, is told on its command line.</summary>
/// <param name="Subject">Who is to be loaded.</param>
/// <param name="Address">Where that is.</param>
/// <param name="Clients">How many clients there are: each has one change under way, and a key of its own.</param>
/// <param name="Connections">How many connections they share.</param>
/// <param name="WarmUp">How long they are not measured.</param>
/// <param name="Measured">How long they are measured after it.</param>
internal sealed record LoadOrder(
    IRegisterSubject Subject, IPEndPoint Address, int Clients, int Connections, TimeSpan WarmUp, TimeSpan Measured)
{
    /// <summary>What the command line of a load generator begins with.</summary>
    public const string Mark = "load";

    /// <summary>As arguments, the mark first.</summary>
    public string[] ToArguments() =>
    [
        Mark, Subject.Name, Address.ToString(), Text(Clients), Text(Connections), Text(WarmUp.TotalSeconds), Text(Measured.TotalSeconds),
    ];

    /// <summary>Reads what <see cref="ToArguments"/> wrote.</summary>
    public static LoadOrder Of(string[] arguments) => new(
        Subjects.Named(arguments[1])!,
        IPEndPoint.Parse(arguments[2]),
        int.Parse(arguments[3], CultureInfo.InvariantCulture),
        int.Parse(arguments[4], CultureInfo.InvariantCulture),
        TimeSpan.FromSeconds(double.Parse(arguments[5], CultureInfo.InvariantCulture)),
        TimeSpan.FromSeconds(double.Parse(arguments[6], CultureInfo.InvariantCulture)));

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
