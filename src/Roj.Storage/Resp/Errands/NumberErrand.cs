using System.Diagnostics;

namespace Roj.Storage.Resp.Errands;

/// <summary>The reply is a number: that of the answer, or something about the value that it has.</summary>
internal sealed class NumberErrand : RespErrand
{
    private readonly Func<StorageAnswer.Value, long, long>? ofValue;

    private NumberErrand(Func<StorageAnswer.Value, long, long>? ofValue = null) => this.ofValue = ofValue;

    /// <summary>The answer's own.</summary>
    public static NumberErrand Instance { get; } = new();

    /// <summary>How long the value is.</summary>
    public static NumberErrand Length { get; } = new(static (value, _) => value.Data?.Length ?? 0);

    /// <summary>For how many more milliseconds it lives.</summary>
    public static NumberErrand Left { get; } = new(static (value, now) => Time(value, at => Math.Max(at - now, 0)));

    /// <summary>For how many more seconds it lives, rounded as Redis does.</summary>
    public static NumberErrand LeftSeconds { get; } = new(static (value, now) => Time(value, at => (Math.Max(at - now, 0) + 500) / 1000));

    /// <summary>When it ends, in milliseconds since 1970.</summary>
    public static NumberErrand End { get; } = new(static (value, _) => Time(value, static at => at));

    /// <summary>When it ends, in seconds since 1970.</summary>
    public static NumberErrand EndSeconds { get; } = new(static (value, _) => Time(value, static at => (at + 500) / 1000));

    /// <inheritdoc/>
    protected override void Reply(RespWriter writer, StorageAnswer answer, long now) => writer.Number(answer switch
    {
        StorageAnswer.Number number when ofValue is null => number.Result,
        StorageAnswer.Value value when ofValue is not null => ofValue(value, now),
        _ => throw new UnreachableException($"{answer} instead of a number"),
    });

    // -2: no such key; -1: it lives for ever.
    private static long Time(StorageAnswer.Value value, Func<long, long> shown) =>
        value.Data is null ? -2 : value.ExpiresAt is { } at ? shown(at) : -1;
}
