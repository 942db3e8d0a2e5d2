using System.Text.Json.Serialization;

namespace Roj.Host.Http.Views;

/// <summary>What went wrong, as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What kind of problem that is; the same for each of its kind.</param>
/// <param name="Detail">What was wrong, and what to do.</param>
/// <param name="Applied">Where something may have been changed: <c>yes</c>, <c>no</c> or <c>unknown</c>; else null and left out.</param>
/// <param name="Type">RFC 9457, 4.2.1: the title says what the status does.</param>
public sealed record ProblemView(
    int Status,
    string Title,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Applied = null,
    string Type = "about:blank");
