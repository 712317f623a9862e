using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>A step of a plan. In JSON a share alone is a text, <c>"10%"</c>; with more it is an object, <c>{"share": "10%", "minimum_time": "24h", "by_hand": true}</c>.</summary>
/// <param name="Share">The candidate's share of traffic.</param>
/// <param name="MinimumTime">How long it lasts at least; null for what the plan says of every step.</param>
/// <param name="MinimumUnits">Units the candidate must have answered within it; null for what the plan says of every step.</param>
/// <param name="ByHand">Whether a release owner must say yes before it begins, whatever is proved.</param>
[JsonConverter(typeof(Converter))]
public sealed record PlanStep(Share Share, Duration? MinimumTime = null, int? MinimumUnits = null, bool ByHand = false)
{
    /// <summary>A step of which nothing beside its share is said.</summary>
    public static implicit operator PlanStep(Share share) => FromShare(share);

    /// <summary>A step of which nothing beside its share is said.</summary>
    public static PlanStep FromShare(Share share) => new(share);

    /// <summary>Its share: what all that looks at traffic needs of it.</summary>
    public static implicit operator Share(PlanStep step) => step is null ? default : step.ToShare();

    /// <summary>Its share.</summary>
    public Share ToShare() => Share;

    /// <inheritdoc/>
    public override string ToString()
    {
        var more = string.Join(", ", new[]
        {
            MinimumTime is null ? null : $"at least {MinimumTime}",
            MinimumUnits is { } units ? string.Create(CultureInfo.InvariantCulture, $"at least {units} units") : null,
            ByHand ? "by hand" : null,
        }.Where(part => part is not null));
        return more.Length == 0 ? Share.ToString() : $"{Share} ({more})";
    }

    internal sealed class Converter : JsonConverter<PlanStep>
    {
        private const string Form = "A step is a share, as in \"10%\", or an object with share and minimum_time, minimum_units or by_hand.";

        public override PlanStep Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String) return new PlanStep(ShareOf(reader.GetString()));
            if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException(Form);
            Share? share = null;
            Duration? time = null;
            int? units = null;
            var byHand = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = reader.GetString();
                reader.Read();
                switch (field, reader.TokenType)
                {
                    case ("share", JsonTokenType.String): share = ShareOf(reader.GetString()); break;
                    case ("minimum_time", JsonTokenType.String): time = Duration.TryParse(reader.GetString(), out var read) ? read : throw new JsonException($"A step's minimum_time must be {Duration.Form}."); break;
                    case ("minimum_units", JsonTokenType.Number): units = reader.TryGetInt32(out var count) ? count : throw new JsonException("A step's minimum_units must be a whole number."); break;
                    case ("by_hand", JsonTokenType.True or JsonTokenType.False): byHand = reader.GetBoolean(); break;
                    case ("minimum_time" or "minimum_units", JsonTokenType.Null): break;
                    default: throw new JsonException(Form);
                }
            }
            return new PlanStep(share ?? throw new JsonException(Form), time, units, byHand);
        }

        public override void Write(Utf8JsonWriter writer, PlanStep value, JsonSerializerOptions options)
        {
            if (value == new PlanStep(value.Share))
            {
                writer.WriteStringValue(value.Share.ToString());
                return;
            }
            writer.WriteStartObject();
            writer.WriteString("share", value.Share.ToString());
            if (value.MinimumTime is { } time) writer.WriteString("minimum_time", time.Text);
            if (value.MinimumUnits is { } units) writer.WriteNumber("minimum_units", units);
            if (value.ByHand) writer.WriteBoolean("by_hand", true);
            writer.WriteEndObject();
        }

        private static Share ShareOf(string? text) => Share.TryParse(text, out var share) ? share : throw new JsonException($"\"{text}\" does not fit: it must be {Share.Form}.");
    }
}
