using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Tests.Cli;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>Files by HTTP and by the commands that ask it, against a real service.</summary>
public sealed class FileApiTests : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private FileService files = null!;
    private RunningApi api = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new FileServiceOptions
        {
            Listen = new Endpoint(0x7F000001, 0),
            DataPath = Directory.CreateDirectory(folder.At("data")).FullName,
            WantedMax = 1,
        };
        files = FileService.Start(options, _ => { });
        api = await RunningApi.StartAsync(files: files);
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await files.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_shared_and_listed()
    {
        var path = folder.Put("a \"name\".txt", "hello"u8);
        var answer = await PostAsync(JsonSerializer.Serialize(new FileRequestView(Path: path), ApiJson.Default.FileRequestView));
        Assert.Equal(200, RunningApi.Status(answer));
        var file = JsonSerializer.Deserialize(RunningApi.Body(answer), ApiJson.Default.FileView)!;
        Assert.Equal((path, 5L, 1, 1, true), (file.Path, file.Size, file.Parts, file.Have, file.Complete));
        var list = JsonSerializer.Deserialize(RunningApi.Body(await api.GetAsync("/api/v1/files")), ApiJson.Default.FilesView)!;
        Assert.Equal([file], list.Files);
        var one = RunningApi.Body(await api.GetAsync($"/api/v1/files/{file.Id}"));
        Assert.Equal(file, JsonSerializer.Deserialize(one, ApiJson.Default.FileView));
    }

    [Fact]
    public async Task Who_comes_from_an_earlier_turn_is_refused()
    {
        var path = folder.Put("x", "late"u8);
        Task<string> ShareAsync(string fence) =>
            PostAsync(JsonSerializer.Serialize(new FileRequestView(path, Fence: fence), ApiJson.Default.FileRequestView));
        Assert.Equal(200, RunningApi.Status(await ShareAsync("token/x:3:2")));
        var refused = await ShareAsync("token/x:3:1");
        Assert.Equal(409, RunningApi.Status(refused));
        var problem = JsonSerializer.Deserialize(RunningApi.Body(refused), ApiJson.Default.ProblemView)!;
        Assert.Equal(
            ($"{path} is not shared: token/x:3:1 is over, token/x:3:2 has shared something there", "no"),
            (problem.Detail, problem.Applied));

        var plan = RojRun.Plan($"http://127.0.0.1:{api.Port}", "file", "share", path);
        plan.Environment["ROJ_FENCE"] = "token/x:3:1"; // as a command of an earlier turn
        var late = await RojRun.OfAsync(plan);
        Assert.Equal(1, late.Exit);
        Assert.Contains("token/x:3:1 is over", late.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "file", "share", path, "--fence", "token/x:3:2")).Exit);
        Assert.Equal(2, (await RojRun.OfAsync($"http://127.0.0.1:{api.Port}", "file", "share", path, "--fence", "token/x:3")).Exit);
    }

    [Fact]
    public async Task What_is_not_here_is_fetched_and_one_too_many_is_refused()
    {
        Assert.Equal(202, RunningApi.Status(await PostAsync($$"""{"id":"{{new string('a', 40)}}"}""")));
        Assert.Equal(202, RunningApi.Status(await PostAsync($$"""{"id":"{{new string('A', 40)}}"}""")));
        var refused = await PostAsync($$"""{"id":"{{new string('b', 40)}}"}""");
        Assert.Equal(429, RunningApi.Status(refused));
        var problem = JsonSerializer.Deserialize(RunningApi.Body(refused), ApiJson.Default.ProblemView)!;
        Assert.Equal(("a node takes 1 files on their way at most", "no"), (problem.Detail, problem.Applied));
    }

    [Theory]
    [InlineData(400, "")]
    [InlineData(400, "[]")]
    [InlineData(400, "null")]
    [InlineData(400, "{")]
    [InlineData(400, "{}")]
    [InlineData(400, """{"path":7}""")]
    [InlineData(400, """{"path":"/x","id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""")]
    [InlineData(400, """{"path":"relative"}""")]
    [InlineData(400, """{"path":"/etc/passwd","fence":"job:1"}""")]
    [InlineData(400, """{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","fence":"job:1:2"}""")]
    [InlineData(400, """{"path":"/a\u0000b"}""")]
    [InlineData(400, """{"id":"aaaa"}""")]
    [InlineData(422, """{"path":"/no/such/file"}""")]
    [InlineData(422, """{"path":"/tmp"}""")]
    [InlineData(422, """{"path":"/dev/null"}""")]
    [InlineData(422, """{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","to":"/no/such/folder/file"}""")]
    [InlineData(409, """{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","to":"/etc/passwd"}""")]
    public async Task What_makes_no_sense_is_refused_in_words(int status, string body)
    {
        var answer = await PostAsync(body);
        Assert.Equal(status, RunningApi.Status(answer));
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Empty(await files.ListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_form_of_a_page_is_no_command()
    {
        var body = $$"""{"id":"{{new string('a', 40)}}"}""";
        Assert.Equal(400, RunningApi.Status(await PostAsync(body, "text/plain")));
        Assert.Equal(403, RunningApi.Status(await PostAsync(body, "application/json\r\nOrigin: http://evil.example")));
        Assert.Empty(await files.ListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_tracker_names_the_node_for_the_files_that_it_shares()
    {
        var shared = await files.ShareAsync(folder.Put("tracked", "hello"u8), TestContext.Current.CancellationToken);
        string Target(string id) =>
            $"/announce?info_hash={string.Concat(Enumerable.Range(0, 20).Select(i => "%" + id[(2 * i)..((2 * i) + 2)]))}"
            + "&peer_id=-XX0000-abcdefghijkl&port=5000&uploaded=0&downloaded=0&left=5&compact=0";
        var answer = await api.GetAsync(Target(shared.Id));
        Assert.Equal(200, RunningApi.Status(answer));
        Assert.Contains($"4:porti{files.Own.Port}e", RunningApi.Body(answer), StringComparison.Ordinal);
        Assert.Contains("14:failure reason", RunningApi.Body(await api.GetAsync(Target(new string('a', 40)))), StringComparison.Ordinal);
        Assert.Contains("14:failure reason", RunningApi.Body(await api.GetAsync("/announce")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_removed_once()
    {
        var path = folder.Put("told", "hello"u8);
        var id = (await files.ShareAsync(path, TestContext.Current.CancellationToken)).Id;
        foreach (var (status, target) in new[]
        {
            (400, "abc"), (404, new string('a', 40)), (400, $"{id}?deleteData=yes"), (400, $"{id}?deleteData=true&deleteData=true"),
        })
        {
            var refused = await DeleteAsync(target);
            Assert.Equal(status, RunningApi.Status(refused));
            Assert.Contains("\"applied\":\"no\"", refused, StringComparison.Ordinal);
        }

        var removed = await DeleteAsync($"{id}?deleteData=true");
        Assert.Equal(200, RunningApi.Status(removed));
        Assert.Equal(path, JsonSerializer.Deserialize(RunningApi.Body(removed), ApiJson.Default.FileView)!.Path);
        Assert.True(File.Exists(path));
        Assert.Equal(404, RunningApi.Status(await DeleteAsync(id)));
        Assert.Equal(404, RunningApi.Status(await api.GetAsync($"/api/v1/files/{id}")));
    }

    [Fact]
    public async Task The_commands_share_list_and_find()
    {
        var node = $"http://127.0.0.1:{api.Port}";
        var shared = await RojRun.OfAsync(node, "file", "share", folder.Put("told", "hello"u8));
        Assert.Equal((0, ""), (shared.Exit, shared.Error));
        var id = shared.Output.TrimEnd();
        Assert.Equal(40, id.Length);
        var list = await RojRun.OfAsync(node, "file", "list");
        Assert.Contains($"{id}  5 B   1/1   0      complete  told\n", list.Output, StringComparison.Ordinal);
        var got = await RojRun.OfAsync(node, "file", "get", id);
        Assert.Equal((0, folder.At("told") + "\n"), (got.Exit, got.Output));
        var json = await RojRun.OfAsync(node, "file", "share", folder.At("nothing"), "--output", "json");
        Assert.Equal((1, ""), (json.Exit, json.Output));
        Assert.Contains("\"status\":422", json.Error, StringComparison.Ordinal);
        var removed = await RojRun.OfAsync(node, "file", "remove", id, "--delete-data");
        Assert.Equal((0, $"{id} is shared and fetched no more; {folder.At("told")} stays\n"), (removed.Exit, removed.Output));
        var unknown = await RojRun.OfAsync(node, "file", "remove", id);
        Assert.Equal((1, $"roj: refused: this node knows no file {id}\n"), (unknown.Exit, unknown.Error));
        var wrong = await RojRun.OfAsync(node, "file", "get", "xyz");
        Assert.Equal(2, wrong.Exit);
        Assert.Equal("roj: 'xyz' is no file id: that is 40 hexadecimal digits. Try 'roj file get --help'.\n", wrong.Error);
    }

    private Task<string> DeleteAsync(string target) =>
        api.SendAsync($"DELETE /api/v1/files/{target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    private Task<string> PostAsync(string body, string type = "application/json") => api.SendAsync(
        $"POST /api/v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {type}\r\n"
        + $"Content-Length: {System.Text.Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
}
