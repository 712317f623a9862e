using System.Buffers;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>Writes one answer in the shape of the door it leaves by. The pipeline calls it in order, and nothing after the end.</summary>
internal interface IAnswerWriter
{
    /// <summary>A whole answer, as JSON.</summary>
    void Whole(IBufferWriter<byte> output, ModelAnswer answer);

    /// <summary>A piece of a streamed answer, as server-sent events; before the first whatever opens the stream. A piece with nothing to show writes nothing.</summary>
    void Piece(IBufferWriter<byte> output, ModelPiece piece);

    /// <summary>The end of a streamed answer.</summary>
    /// <param name="output">The stream.</param>
    /// <param name="answer">All pieces together.</param>
    void End(IBufferWriter<byte> output, ModelAnswer answer);

    /// <summary>Says in a stream that it breaks off; the connection is closed after it.</summary>
    void Broken(IBufferWriter<byte> output, OpenAiError error);
}
