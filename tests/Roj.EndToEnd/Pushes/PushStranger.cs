using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Roj.EndToEnd.Elections;
using Roj.Host.Security;
using Xunit;

namespace Roj.EndToEnd.Pushes;

/// <summary>Somebody on the network who has the access token, and has seen all that was said, but not the key.</summary>
internal static class PushStranger
{
    private const string Target = "/push";

    /// <summary>A later plan than all, with a command of the stranger's, is refused by every node under every signature that it can make.
    /// </summary>
    public static async Task IsRefusedAsync(IReadOnlyList<ElectionNode> nodes, ElectionNode asked, string[] folders)
    {
        var (_, said) = await asked.HttpAsync(HttpMethod.Get, "/api/v1/push", asked.Token()).ConfigureAwait(false);
        var plan = JsonNode.Parse(said)!["plan"]!;
        plan["version"] = plan["version"]!.GetValue<long>() + 1000;
        (plan["verdict"], plan["why"], plan["stage"]) = ("going", "", 0);
        plan["id"] = new string('7', 32);
        plan["run"] = "touch $(dirname $ROJ_FILE)/stranger";
        var body = new JsonObject { ["plan"] = plan.DeepClone() }.ToJsonString();
        var (ours, theirs) = (Parse(File.ReadAllText(asked.KeyPath!).Trim()), ClusterKey.Create());
        var seen = Signed(ours, ours.Id, "{}"); // what was said with the key, of something else
        using var http = new HttpClient();
        foreach (var node in nodes)
        {
            var place = new Uri($"http://{node.Name}:7070{Target}");
            foreach (var header in (string?[])
            [
                null, $"Bearer {asked.Token()}", Signed(theirs, theirs.Id, body), Signed(theirs, ours.Id, body), seen, "Roj 0:0",
            ])
            {
                Assert.Equal((401, header), (await PostAsync(http, place, body, header).ConfigureAwait(false), header));
            }

            Assert.Equal(200, await PostAsync(http, place, "{}", seen).ConfigureAwait(false)); // the key is what they lack
        }

        Assert.DoesNotContain(folders, folder => File.Exists(Path.Combine(folder, "stranger")));
    }

    private static ClusterKey Parse(string text) =>
        ClusterKey.TryParse(text, out var key, out var fault) ? key : throw new LabException(fault);

    private static string Signed(ClusterKey key, uint name, string body)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes($"POST {Target}\n"), .. Encoding.UTF8.GetBytes(body)];
        var mac = HMACSHA256.HashData(key.Derive("http", default, HMACSHA256.HashSizeInBytes), text);
        return string.Create(CultureInfo.InvariantCulture, $"Roj {name:x8}:{Convert.ToHexStringLower(mac)}");
    }

    private static async Task<int> PostAsync(HttpClient http, Uri place, string body, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, place);
        request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        if (header is not null)
            request.Headers.TryAddWithoutValidation("Authorization", header);
        using var answer = await http.SendAsync(request).ConfigureAwait(false);
        return (int)answer.StatusCode;
    }
}
