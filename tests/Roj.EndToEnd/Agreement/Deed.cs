using Roj.Agreement;
using Roj.Simulation.Histories;

namespace Roj.EndToEnd.Agreement;

/// <summary>What a client asks for.</summary>
/// <param name="Register">Of which register.</param>
/// <param name="Kind">What, as the checkers have it.</param>
/// <param name="Change">What, as nodes have it; null to read.</param>
internal sealed record Deed(string Register, OperationKind Kind, RegisterChange? Change)
{
    /// <summary>Reads.</summary>
    public static Deed Read(string register) => new(register, new OperationKind.Read(), null);

    /// <summary>Sets.</summary>
    public static Deed Set(string register, string value) =>
        new(register, new OperationKind.Write(value), new RegisterChange.Set(Bytes(value)));

    /// <summary>Sets, if nobody has changed it since that version.</summary>
    public static Deed SetAt(string register, ulong version, string value) => new(
        register,
        new OperationKind.CompareVersionAndSet(version, value),
        new RegisterChange.Set(Bytes(value)) { Condition = Condition.At(version) });

    /// <summary>Puts something behind what is there.</summary>
    public static Deed Append(string register, string text) =>
        new(register, new OperationKind.Append(text), new RegisterChange.Append(Bytes(text)));

    /// <summary>Counts.</summary>
    public static Deed Add(string register) => new(register, new OperationKind.Add(1), new RegisterChange.Add(1));

    /// <summary>Deletes.</summary>
    public static Deed Delete(string register) => new(register, new OperationKind.Delete(), new RegisterChange.Delete());

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
