import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';

const ECR = '^([0-9]{12}[.]dkr[.]ecr[.][a-z0-9-]+[.]amazonaws[.]com([.]cn)?|public[.]ecr[.]aws)/';

/** The Terraform variable `images`: which image each service runs, always by digest. Its id is its name. */
export class Images extends TerraformVariable {
  constructor(scope: Construct, id: string, serviceNames: readonly string[]) {
    const quoted = serviceNames.map((name) => `"${name}"`).join(', ');
    super(scope, id, {
      type: 'map(string)',
      description:
        'Image of each service: <ECR repository>@sha256:<digest>. "tidegate images push" writes the file.',
      nullable: false,
      validation: [
        {
          condition: `\${length(setsubtract([${quoted}], keys(var.${id}))) == 0}`,
          errorMessage: `An image is missing. Expected one for each of ${serviceNames.join(', ')}: run "tidegate images push" and pass the file it writes by --var-file.`,
        },
        {
          condition: `\${alltrue([for image in values(var.${id}) : can(regex("@sha256:[0-9a-f]{64}$", image))])}`,
          errorMessage:
            'An image is named by a tag, so what it means can change between two tasks. Expected <repository>@sha256:<64 hexadecimal digits>: use the file that "tidegate images push" writes.',
        },
        {
          condition: `\${alltrue([for image in values(var.${id}) : can(regex("${ECR}", image))])}`,
          errorMessage:
            'An image comes from a registry that may refuse pulls. Expected ECR or ECR Public: push it with "tidegate images push".',
        },
      ],
    });
  }

  of(serviceName: string): string {
    return `\${var.${this.node.id}.${serviceName}}`;
  }
}
