using System.Globalization;
using Microsoft.AspNetCore.Http;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage;

namespace Roj.Host.Http;

/// <summary>What a request says in its head about a change of a key: what must hold for it, by which right it is made, and which one it
/// is.</summary>
/// <param name="Condition">Whether the key must be there, or not.</param>
/// <param name="AtVersion">At which version it must be; null if at any.</param>
/// <param name="Fence">By which right; null for none in particular.</param>
/// <param name="Request">Which change it is; null for one that is asked for once.</param>
/// <param name="TriedSince">If it may have been asked for before: since which version of the key, 0 if that is not known.</param>
internal readonly record struct StoreHeaders(
    WriteCondition Condition, ulong? AtVersion, Fence? Fence, ChangeId? Request, ulong? TriedSince)
{
    /// <summary>By which right something is written (<see cref="Kernel.Fence.ToText"/>).</summary>
    public const string FenceHeader = "Roj-Fence";

    /// <summary>Which request it is, as 32 hexadecimal digits that the client has drawn.</summary>
    public const string RequestHeader = "Roj-Request-Id";

    /// <summary>That the request may have been made before: at which version the key was then at the earliest; 0 if that is not
    /// known.</summary>
    public const string SinceHeader = "Roj-Tried-Since";

    /// <summary>Whether anything must hold for it.</summary>
    public bool IsConditional => Condition is not WriteCondition.Always || AtVersion is not null;

    /// <summary>Reads them.</summary>
    /// <returns>What is wrong with them; null if nothing is.</returns>
    public static string? Read(HttpRequest request, out StoreHeaders headers)
    {
        headers = default;
        var condition = WriteCondition.Always;
        ulong? version = null;
        if (request.Headers.IfMatch is [{ } match])
        {
            if (match == "*")
                condition = WriteCondition.IfPresent;
            else if (TryVersion(match, out var at))
                version = at;
            else
                return "If-Match takes the ETag of an earlier answer, or *";
        }

        if (request.Headers.IfNoneMatch is [{ } none])
        {
            if (none != "*" || condition is not WriteCondition.Always || version is not null)
                return "If-None-Match takes * only, and not together with If-Match";
            condition = WriteCondition.IfAbsent;
        }

        Fence? fence = null;
        if (request.Headers[FenceHeader] is [{ } right])
        {
            if (!Kernel.Fence.TryRead(right, out var read))
                return $"{FenceHeader} takes a fence, such as token/deploy:3:12";
            fence = read;
        }

        ChangeId? id = null;
        if (request.Headers[RequestHeader] is [{ } drawn])
        {
            if (!NodeId.TryParse(drawn, out var random))
                return $"{RequestHeader} takes 32 hexadecimal digits";
            id = new ChangeId(random, 0, 0);
        }

        ulong? since = null;
        if (request.Headers[SinceHeader] is [{ } tried])
        {
            if (id is null || !ulong.TryParse(tried, NumberStyles.None, CultureInfo.InvariantCulture, out var before))
                return $"{SinceHeader} takes a version, 0 if that is not known, and stands with {RequestHeader} only";
            since = before;
        }

        headers = new StoreHeaders(condition, version, fence, id, since);
        return null;
    }

    /// <summary>A version as an ETag.</summary>
    public static string TagOf(ulong version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static bool TryVersion(string tag, out ulong version)
    {
        version = 0;
        return tag is ['"', .. var number, '"'] && ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }
}
