using System.Text.Json;

namespace Roj.SwarmBench;

/// <summary>Every run and every claim, for programs.</summary>
internal static class JsonFile
{
    /// <summary>Writes the file; seconds and bytes throughout.</summary>
    public static void Write(
        string path,
        Options options,
        IEnumerable<Outcome> outcomes,
        IEnumerable<Target> targets,
        IReadOnlyDictionary<int, TimeSpan> hashing)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("machine", Machine.Describe());
        json.WriteBoolean("quick", options.IsQuick);
        json.WriteStartArray("sha1");
        foreach (var (bytes, cpu) in hashing)
        {
            json.WriteStartObject();
            json.WriteNumber("bytes", bytes);
            json.WriteNumber("cpuSeconds", cpu.TotalSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("runs");
        foreach (var outcome in outcomes)
            Write(json, outcome);
        json.WriteEndArray();
        json.WriteStartArray("targets");
        foreach (var target in targets)
            Write(json, target);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Outcome outcome)
    {
        json.WriteStartObject();
        WriteTrial(json, outcome.Trial);
        json.WriteString("tool", outcome.Tool);
        if (outcome.Failure is { } failure)
        {
            json.WriteString("failure", failure);
        }
        else
        {
            json.WriteNumber("makespan", outcome.Makespan.TotalSeconds);
            json.WriteNumber("created", outcome.Created.TotalSeconds);
            json.WriteNumber("cpuSeconds", outcome.Cpu.TotalSeconds);
            json.WriteNumber("otherCpuSeconds", outcome.OtherCpu.TotalSeconds);
            json.WriteNumber("seederOverFile", outcome.SeederOverFile);
            json.WriteStartArray("nodes");
            foreach (var node in outcome.Nodes)
                Write(json, node);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Outcome.NodeOutcome node)
    {
        json.WriteStartObject();
        json.WriteString("address", node.Address);
        json.WriteNumber("complete", node.Complete.TotalSeconds);
        if (node.PeakRssBytes is { } peak)
            json.WriteNumber("peakRssBytes", peak);
        json.WriteNumber("sentBytes", node.Traffic.SentBytes);
        json.WriteNumber("sentFrames", node.Traffic.SentFrames);
        json.WriteNumber("sentPayloadBytes", node.SentPayloadBytes);
        json.WriteNumber("receivedBytes", node.Traffic.ReceivedBytes);
        json.WriteNumber("receivedFrames", node.Traffic.ReceivedFrames);
        json.WriteNumber("receivedPayloadBytes", node.ReceivedPayloadBytes);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Target target)
    {
        json.WriteStartObject();
        WriteTrial(json, target.Trial);
        json.WriteString("what", target.What);
        json.WriteNumber("value", target.Value);
        json.WriteNumber("limit", target.Limit);
        json.WriteBoolean("met", target.IsMet);
        json.WriteEndObject();
    }

    private static void WriteTrial(Utf8JsonWriter json, Trial trial)
    {
        json.WriteString("part", trial.Part.ToString());
        json.WriteNumber("receivers", trial.Receivers);
        json.WriteNumber("bytes", trial.Bytes);
        if (trial.BitsPerSecond is { } rate)
            json.WriteNumber("bitsPerSecond", rate);
        if (trial.Ideal is { } ideal)
            json.WriteNumber("ideal", ideal.TotalSeconds);
    }
}
