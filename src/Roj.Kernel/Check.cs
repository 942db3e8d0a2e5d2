using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Roj.Kernel;

/// <summary>Assertions about our own logic, in Release too.</summary>
/// <remarks>What comes from the network is checked elsewhere: a peer can never trip one.</remarks>
public static class Check
{
    /// <summary>Stops the core when <paramref name="condition"/>, which our own logic guarantees, does not hold.</summary>
    /// <exception cref="UnreachableException">The condition does not hold.</exception>
    public static void That([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition)
            throw new UnreachableException($"broken: {what}");
    }
}
