// A server of the Open Inference Protocol made with @grpc/grpc-js: node server.js PROTO HOST:PORT
// A model named status-N fails with gRPC status N; every other answers with the label "js".
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [proto, address] = process.argv.slice(2);
const { inference } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true }));

function infer(call, reply) {
  const { model_name: model, raw_input_contents: raw, inputs } = call.request;
  const status = /^status-(\d+)$/.exec(model);
  if (status) {
    reply({ code: Number(status[1]), details: `told to fail with ${status[1]}` });
    return;
  }
  console.log(JSON.stringify({ inputs: inputs.map((i) => i.name), bytes: raw.map((r) => r.length),
    timeout: call.metadata.get('grpc-timeout'), node: call.metadata.get('brink-node'),
    deadline: call.getDeadline() - Date.now() }));
  const label = Buffer.from('\x02\0\0\0js', 'latin1'); // BYTES: a length, then the text
  reply(null, { model_name: model, model_version: '1',
    outputs: [{ name: 'label', datatype: 'BYTES', shape: [1, 1] }], raw_output_contents: [label] });
}

const server = new grpc.Server();
server.addService(inference.GRPCInferenceService.service, {
  ServerReady: (call, reply) => reply(null, { ready: true }),
  ModelInfer: infer,
});
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (failure) => {
  if (failure) throw failure;
  console.log('ready');
});
