namespace Roj.Simulation.Tests.Mutants;

/// <summary>The production code with one line sabotaged: the simulation must notice.</summary>
/// <param name="Name">What the sabotage is, in words.</param>
/// <param name="File">The source file, below src/.</param>
/// <param name="Line">A text that stands there exactly once.</param>
/// <param name="Becomes">What stands there instead.</param>
/// <param name="Seeds">Within how many seeds it must be caught.</param>
public sealed record Mutant(string Name, string File, string Line, string Becomes, int Seeds)
{
    /// <summary>The seed that caught it when somebody last looked, where it is not one of the first: it is run before all others. Should it
    /// catch it no more, that costs time and nothing else. 0 for none.</summary>
    public int Likely { get; init; }

    /// <summary>The invariant that its name begins with, such as K1 of "K1: …"; empty if it names none.</summary>
    public string Invariant => Name.IndexOf(": ", StringComparison.Ordinal) is > 0 and <= 3 and var end ? Name[..end] : "";

    /// <summary>The project that the file belongs to.</summary>
    public string Project => File[..File.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The name, for the list of tests.</summary>
    public override string ToString() => Name;
}
