using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Roj.Files.Tracking;
using Roj.Host.Http.Views;
using Roj.Host.Net;
using Roj.Host.Sharing;
using Roj.Kernel;

namespace Roj.Host.Http;

/// <summary>What can be asked of a node's files. Who may ask at all, <see cref="Gate"/> has said before.</summary>
/// <param name="files">The files; null where there are none.</param>
/// <param name="isTrackerOpen">Whether the tracker is asked without a token.</param>
internal sealed class FileEndpoints(FileService? files, bool isTrackerOpen)
{
    /// <summary>All of them.</summary>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("/api/v1/files", (http, _) => AnswerAsync(http, ListAsync), http => AnswerAsync(http, PostAsync)),
        new("/api/v1/files/{id}", (http, id) => AnswerAsync(http, service => FindAsync(http, service, id)))
        {
            Delete = (http, id) => AnswerAsync(http, service => RemoveAsync(http, service, id)),
        },
        new("/announce", (http, _) => AnswerAsync(http, AnnounceAsync)) { IsOpen = isTrackerOpen },
    ];

    private Task AnswerAsync(HttpContext http, Func<HttpContext, FileService, Task> answer) =>
        AnswerAsync(http, service => answer(http, service));

    private async Task AnswerAsync(HttpContext http, Func<FileService, Task> answer)
    {
        if (files is null)
        {
            await http.ProblemAsync(new ProblemView(404, "Not Found", "this node shares no files"));
            return;
        }

        try
        {
            await answer(files);
        }
        catch (FileException e)
        {
            var changed = Gate.IsRead(http.Request.Method) ? null : "no";
            var (status, title) = Word(e.Problem);
            await http.ProblemAsync(new ProblemView(status, title, e.Message, changed));
        }
    }

    private static async Task ListAsync(HttpContext http, FileService service)
    {
        var isNear = IsNear(http);
        var all = await service.ListAsync(http.RequestAborted);
        await http.JsonAsync(new FilesView([.. all.Select(file => FileView.Of(file, isNear))]), ApiJson.Default.FilesView);
    }

    private static async Task FindAsync(HttpContext http, FileService service, string id)
    {
        var file = await service.FindAsync(id, http.RequestAborted)
            ?? throw new FileException(FileProblem.Unknown, $"this node knows no file {id}; /api/v1/files lists all");
        await http.JsonAsync(FileView.Of(file, IsNear(http)), ApiJson.Default.FileView);
    }

    private static async Task RemoveAsync(HttpContext http, FileService service, string id)
    {
        var isWithData = http.Request.Query["deleteData"].ToArray() switch
        {
            [] or ["false"] => false,
            ["true"] => true,
            _ => throw new FileException(FileProblem.Malformed, "deleteData is true or false"),
        };
        var removed = await service.RemoveAsync(id, isWithData, http.RequestAborted);
        await http.JsonAsync(FileView.Of(removed, IsNear(http)), ApiJson.Default.FileView);
    }

    private static async Task PostAsync(HttpContext http, FileService service)
    {
        var request = await ReadAsync(http);
        var status = request switch
        {
            { Path: { } path, Id: null, To: null, Fence: var fence } => await service.ShareAsync(path, Read(fence), http.RequestAborted),
            { Path: null, Id: { } id, Fence: null } => await service.FetchAsync(id, request.To, http.RequestAborted),
            _ => throw new FileException(
                FileProblem.Malformed,
                "say {\"path\": \"/…\"} and perhaps \"fence\" to share a file, or {\"id\": \"…\"} and perhaps \"to\" to fetch one"),
        };
        var view = JsonSerializer.SerializeToUtf8Bytes(FileView.Of(status, IsNear(http)), ApiJson.Default.FileView);
        await http.BytesAsync(status.IsComplete ? 200 : 202, "application/json", view);
    }

    private static Fence? Read(string? fence) =>
        fence is null ? null : Fence.TryRead(fence, out var read) ? read : throw new FileException(
            FileProblem.Malformed, "fence takes a lease's name and two numbers, such as token/job:3:12");

    private static async Task<FileRequestView> ReadAsync(HttpContext http)
    {
        var (request, fault) = await JsonBody.ReadAsync(
            http, ApiJson.Default.FileRequestView, "JSON object with a path or an id, each a string");
        return request ?? throw new FileException(FileProblem.Malformed, fault);
    }

    // The same tracker as at the swarm's port, for tools that know the node by this one.
    private static async Task AnnounceAsync(HttpContext http, FileService service)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.IndexOf("/announce", StringComparison.Ordinal);
        var head = new HttpRequestHead(Encoding.ASCII.GetBytes(target[Math.Max(path, 0)..]), IsForeign: false);
        var from = new IPEndPoint(http.Connection.RemoteIpAddress!, http.Connection.RemotePort).ToRoj();
        var bytes = await service.AnswerAsTrackerAsync(from, head, http.RequestAborted);
        HttpAnswer.TryRead(bytes, hasEnded: true, out var answer);
        await http.BytesAsync(answer!.Status, "text/plain", answer.Body);
    }

    private static bool IsNear(HttpContext http) =>
        Gate.IsOwnHost(ApiApplication.Number(http.Connection.RemoteIpAddress), ApiApplication.Number(http.Connection.LocalIpAddress));

    private static (int Status, string Title) Word(FileProblem problem) => problem switch
    {
        FileProblem.Malformed => (400, "Bad Request"),
        FileProblem.Unusable => (422, "Unprocessable Content"),
        FileProblem.Unknown => (404, "Not Found"),
        FileProblem.Unagreed => (503, "Service Unavailable"),
        FileProblem.Conflict or FileProblem.Fenced => (409, "Conflict"),
        FileProblem.TooMany => (429, "Too Many Requests"),
        _ => (507, "Insufficient Storage"),
    };
}
